use std::convert::Infallible;
use std::future::Future;

use futures::stream::{self, Stream, StreamExt};

use super::in_order::try_in_order;
use crate::Callable;

/// Calls a function of either colour with each item, at most `limit` at once; the results come in
/// the order of the items.
///
/// A call begins as soon as there is room for it, however long the calls before it take. The items
/// are taken from the iterator here and now; the first calls begin when the future is first polled.
///
/// Sync work is a hop an item. Where the items are many and the work on each is short, the stage
/// `each(n, f)` of a [`pipeline!`](crate::pipeline) is cheaper: at most `n` hops in all. A limit that
/// all calls of a program share is a [`Limiter`](crate::Limiter).
///
/// # Panics
///
/// At the caller's line if `limit` is 0. A panic of a call goes on where the future is awaited, and
/// the other calls are dropped.
///
/// # Cancel safety
///
/// Dropping it drops the calls in flight, each as [`Callable::call`] says, and begins no other.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::path::PathBuf;
/// use lionpride_concurrency::{bounded_map, callable};
///
/// fn size(path: PathBuf) -> u64 {
///     path.metadata().map_or(0, |metadata| metadata.len())
/// }
///
/// let paths = ["Cargo.toml", "no such file"].map(PathBuf::from);
/// let sizes = bounded_map(paths, 8, callable!(size)).await;
/// assert!(sizes[0] > 0);
/// assert_eq!(sizes[1], 0);
/// # }
/// ```
#[track_caller]
pub fn bounded_map<I, C>(
    items: I,
    limit: usize,
    callable: C,
) -> impl Future<Output = Vec<C::Output>> + Send + 'static
where
    I: IntoIterator<Item: Send + 'static>,
    C: Callable<I::Item, Output: Send>,
{
    assert_limit(limit);
    let items: Vec<_> = items.into_iter().collect();
    async move {
        let all = items.len();
        let results = calls(items, limit, callable).map(|(at, result)| (at, Ok(result)));
        let Ok::<_, Infallible>(results) = try_in_order(all, results).await;
        results
    }
}

/// As [`bounded_map`], for a function that returns a `Result`: all values, or the first error.
///
/// # Errors
///
/// The first in time, whatever the place of its item. The other calls have been dropped then, and no
/// more begin.
///
/// # Panics
///
/// As [`bounded_map`].
///
/// # Cancel safety
///
/// As [`bounded_map`].
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use lionpride_concurrency::{callable, try_bounded_map};
///
/// let parse = callable!(str::parse::<u8>);
/// assert_eq!(try_bounded_map(["1", "2"], 8, parse.clone()).await, Ok(vec![1, 2]));
/// assert!(try_bounded_map(["1", "two"], 8, parse).await.is_err());
/// # }
/// ```
#[track_caller]
pub fn try_bounded_map<I, C, T, E>(
    items: I,
    limit: usize,
    callable: C,
) -> impl Future<Output = Result<Vec<T>, E>> + Send + 'static
where
    I: IntoIterator<Item: Send + 'static>,
    C: Callable<I::Item, Output = Result<T, E>>,
    T: Send,
    E: Send,
{
    assert_limit(limit);
    let items: Vec<_> = items.into_iter().collect();
    async move { try_in_order(items.len(), calls(items, limit, callable)).await }
}

#[track_caller]
fn assert_limit(limit: usize) {
    assert!(limit > 0, "the limit of a bounded map must be at least 1");
}

/// The result of each call and the place of its item, in the order of completion.
fn calls<T, C: Callable<T>>(
    items: Vec<T>,
    limit: usize,
    callable: C,
) -> impl Stream<Item = (usize, C::Output)> {
    let call = move |(at, item)| {
        let callable = callable.clone();
        async move { (at, callable.call(item).await) }
    };
    stream::iter(items.into_iter().enumerate()).map(call).buffer_unordered(limit)
}
