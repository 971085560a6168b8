use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures::stream::{FuturesUnordered, Stream, StreamExt};
use pin_project_lite::pin_project;

/// The stream of [`as_completed`].
#[must_use = "streams do nothing unless polled"]
pub struct AsCompleted<F> {
    running: FuturesUnordered<Numbered<F>>,
}

/// All of the futures at once, as a stream of their outputs in the order of completion. Each comes
/// with the place of its future in `futures`, counted from 0.
///
/// The futures are taken from the iterator here and now; they start when the stream is first polled,
/// in their order, and go on only while it is. Those that are ready at the same time come in the
/// order in which they became so.
///
/// # Panics
///
/// A panic of a future goes on at the poll; the other futures are still in the stream.
///
/// # Cancel safety
///
/// Waiting for an output can be dropped and loses nothing. Dropping the stream drops the futures
/// that have not completed.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use futures::StreamExt;
/// use lionpride_concurrency::{as_completed, sleep};
///
/// let pages = [0.03, 0.01].map(|delay| async move {
///     sleep(delay).await;
///     format!("after {delay} s")
/// });
/// let mut pages = as_completed(pages);
/// assert_eq!(pages.next().await, Some((1, "after 0.01 s".to_owned())));
/// assert_eq!(pages.next().await, Some((0, "after 0.03 s".to_owned())));
/// assert_eq!(pages.next().await, None);
/// # }
/// ```
pub fn as_completed<I>(futures: I) -> AsCompleted<I::Item>
where
    I: IntoIterator<Item: Future>,
{
    let numbered = futures.into_iter().enumerate().map(|(at, future)| Numbered { at, future });
    AsCompleted { running: numbered.collect() }
}

impl<F> AsCompleted<F> {
    /// How many futures have not completed.
    pub(super) fn len(&self) -> usize {
        self.running.len()
    }

    /// Drops the futures that have not completed.
    pub(super) fn clear(&mut self) {
        self.running.clear();
    }
}

impl<F: Future> Stream for AsCompleted<F> {
    type Item = (usize, F::Output);

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.running.poll_next_unpin(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.len(), Some(self.len()))
    }
}

impl<F> fmt::Debug for AsCompleted<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsCompleted").field("running", &self.len()).finish()
    }
}

pin_project! {
    /// A future that tells its place.
    struct Numbered<F> {
        at: usize,
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for Numbered<F> {
    type Output = (usize, F::Output);

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        Poll::Ready((*this.at, ready!(this.future.poll(cx))))
    }
}
