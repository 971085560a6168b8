use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures::stream::StreamExt;

use super::as_completed::{AsCompleted, as_completed};
use super::in_order::InOrder;

/// The future of [`gather`].
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Gather<F: Future> {
    running: AsCompleted<F>,
    outputs: InOrder<F::Output>,
}

/// Awaits all of the futures at once; their outputs come in the order of `futures`. No futures give
/// no outputs.
///
/// The futures are taken from the iterator here and now, and start, in their order, when this one is
/// first polled. There is no limit on how many: [`bounded_map`](crate::bounded_map) has one.
///
/// # Panics
///
/// A panic of a future goes on here, and the others are dropped.
///
/// # Cancel safety
///
/// Dropping it drops the futures that have not completed, and the outputs of those that have.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use lionpride_concurrency::{dispatch, gather};
///
/// #[dispatch]
/// fn square(n: u32) -> u32 {
///     n * n
/// }
///
/// assert_eq!(gather((1..=3).map(square)).await, [1, 4, 9]);
/// # }
/// ```
pub fn gather<I>(futures: I) -> Gather<I::Item>
where
    I: IntoIterator<Item: Future>,
{
    let running = as_completed(futures);
    Gather { outputs: InOrder::new(running.len()), running }
}

/// Nothing is pinned in it: the futures are on the heap, and the outputs are values.
impl<F: Future> Unpin for Gather<F> {}

impl<F: Future> Future for Gather<F> {
    type Output = Vec<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        while let Some((at, output)) = ready!(self.running.poll_next_unpin(cx)) {
            self.outputs.put(at, output);
        }
        Poll::Ready(self.outputs.take())
    }
}

impl<F: Future> fmt::Debug for Gather<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gather").field("running", &self.running.len()).finish_non_exhaustive()
    }
}

/// The future of [`try_gather`].
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct TryGather<F, T> {
    running: AsCompleted<F>,
    outputs: InOrder<T>,
}

/// As [`gather`], for futures that give a `Result`: all values, or the first error.
///
/// # Errors
///
/// The first in time, whatever its place. The other futures have been dropped then, and so have the
/// values that were there.
///
/// # Panics
///
/// As [`gather`].
///
/// # Cancel safety
///
/// As [`gather`].
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use lionpride_concurrency::{dispatch, try_gather};
///
/// #[dispatch]
/// fn parse(text: &'static str) -> Result<u8, std::num::ParseIntError> {
///     text.parse()
/// }
///
/// assert_eq!(try_gather(["1", "2"].map(parse)).await, Ok(vec![1, 2]));
/// assert!(try_gather(["1", "two"].map(parse)).await.is_err());
/// # }
/// ```
pub fn try_gather<I, T, E>(futures: I) -> TryGather<I::Item, T>
where
    I: IntoIterator<Item: Future<Output = Result<T, E>>>,
{
    let running = as_completed(futures);
    TryGather { outputs: InOrder::new(running.len()), running }
}

/// As [`Gather`].
impl<F, T> Unpin for TryGather<F, T> {}

// `futures::future::try_join_all` would do, if it did not hold back an error, where the futures are
// many, until those before it have completed.
impl<F, T, E> Future for TryGather<F, T>
where
    F: Future<Output = Result<T, E>>,
{
    type Output = Result<Vec<T>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        while let Some((at, output)) = ready!(self.running.poll_next_unpin(cx)) {
            match output {
                Ok(value) => self.outputs.put(at, value),
                Err(error) => {
                    // They go now, whoever keeps this future.
                    self.running.clear();
                    self.outputs.take();
                    return Poll::Ready(Err(error));
                }
            }
        }
        Poll::Ready(Ok(self.outputs.take()))
    }
}

impl<F, T> fmt::Debug for TryGather<F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryGather").field("running", &self.running.len()).finish_non_exhaustive()
    }
}
