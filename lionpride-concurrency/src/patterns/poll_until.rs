use std::future::Future;
use std::iter;
use std::time::Duration;

use crate::{IntoDelay, sleep};

/// Waits until `check` says `true`: it is asked at once, and again `every` so many seconds after its
/// last answer.
///
/// `every` is a number of seconds, or a [`Duration`]. Zero and below let every ready task run
/// between two checks; an infinite delay never checks again.
///
/// It waits for ever where the answer stays `false`: [`fail_after`](crate::fail_after) around it sets
/// a limit, and holds it to the moment, however long the wait or the check that is under way.
///
/// What can tell of its change needs no asking: `tokio::sync::watch` and `Notify` are for that.
///
/// # Panics
///
/// At the caller's line if `every` is NaN. A panic of `check` goes on here. When polled, outside a
/// tokio runtime with time enabled.
///
/// # Cancel safety
///
/// Dropping it drops the check that is under way, and asks no more.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::path::PathBuf;
/// use lionpride_concurrency::{TimedOut, dispatch, fail_after, poll_until};
///
/// #[dispatch]
/// fn exists(path: PathBuf) -> bool {
///     path.exists()
/// }
///
/// poll_until(0.5, async || exists("Cargo.toml".into()).await).await;
///
/// let never = poll_until(0.5, async || exists("no such file".into()).await);
/// assert_eq!(fail_after(0.01, never).await, Err(TimedOut));
/// # }
/// ```
#[track_caller]
pub fn poll_until<D, C>(every: D, check: C) -> impl Future<Output = ()>
where
    D: IntoDelay,
    C: AsyncFnMut() -> bool,
{
    // No timer is that long: it waits for ever, too.
    let every = every.into_delay().unwrap_or(Duration::MAX);
    let answer = poll_until_with(iter::repeat(every), check);
    async move {
        answer.await;
    }
}

/// As [`poll_until`], with a wait of its own after each answer, as in a backoff. When the intervals
/// run out, `check` is asked a last time; its answer comes out.
///
/// `true` means that it has become so, `false` that it had not after the last interval. Where the
/// intervals never end the result is always `true`. No intervals make one check.
///
/// The backoffs of the crate `backon` are such iterators:
/// `ExponentialBuilder::default().with_jitter().build()`.
///
/// # Panics
///
/// A panic of `check` or of the iterator goes on here. When polled, outside a tokio runtime with
/// time enabled.
///
/// # Cancel safety
///
/// As [`poll_until`].
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::time::Duration;
/// use lionpride_concurrency::poll_until_with;
///
/// let doubling = (0..5).map(|attempt| Duration::from_millis(1 << attempt));
/// let mut asked = 0;
/// let is_ready = poll_until_with(doubling, async || {
///     asked += 1;
///     asked == 3
/// });
/// assert!(is_ready.await);
/// assert_eq!(asked, 3);
/// # }
/// ```
pub async fn poll_until_with<I, C>(intervals: I, mut check: C) -> bool
where
    I: IntoIterator<Item = Duration>,
    C: AsyncFnMut() -> bool,
{
    let mut intervals = intervals.into_iter();
    loop {
        if check().await {
            return true;
        }
        let Some(wait) = intervals.next() else { return false };
        sleep(wait).await;
    }
}
