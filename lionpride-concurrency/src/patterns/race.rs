use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures::stream::{FuturesUnordered, StreamExt};

/// The future of [`race`].
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Race<F> {
    running: FuturesUnordered<F>,
}

/// The output of the future that completes first; `None` if there are no futures.
///
/// The others are dropped then: an async one stops where it waits; blocking work that runs goes on
/// until it asks [`check_cancelled`](crate::check_cancelled), and what is queued never runs.
///
/// The futures are taken from the iterator here and now, and start, in their order, when this one is
/// first polled. One that is ready at once wins over those behind it, which never start then. The
/// first to complete may well be an error.
///
/// # Panics
///
/// A panic of a future that has not lost yet goes on here, and the others are dropped.
///
/// # Cancel safety
///
/// Dropping it drops all of the futures.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use lionpride_concurrency::{race, sleep};
///
/// let mirrors = [("far", 5.0), ("near", 0.01)].map(|(name, delay)| async move {
///     sleep(delay).await;
///     name
/// });
/// assert_eq!(race(mirrors).await, Some("near"));
/// # }
/// ```
pub fn race<I>(futures: I) -> Race<I::Item>
where
    I: IntoIterator<Item: Future>,
{
    Race { running: futures.into_iter().collect() }
}

impl<F: Future> Future for Race<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let first = ready!(self.running.poll_next_unpin(cx));
        // The losers go now, whoever keeps this future.
        self.running.clear();
        Poll::Ready(first)
    }
}

impl<F> fmt::Debug for Race<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Race").field("running", &self.running.len()).finish()
    }
}
