use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures::stream::Stream;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{self, error::TrySendError};

use super::{Job, RunSync, RunSyncError, run_sync};

/// A blocking iterator as a stream: a directory walk, the rows of a query, the records of a file.
///
/// `make` builds the iterator on a thread of the blocking pool, where it stays: it may be `!Send`.
/// It is at most `capacity` items ahead of the reader. Like every future here the stream is lazy:
/// it starts when it is first polled.
///
/// The iterator occupies its thread until it ends or the stream is dropped. A stream that is kept
/// outlives nothing: shutting its runtime down waits for it, so drop it first.
///
/// # Panics
///
/// At the caller's line if `capacity` is 0 or beyond [`tokio::sync::Semaphore::MAX_PERMITS`]. A
/// panic in the iterator goes on at the poll, after the items that came before it. Otherwise as
/// [`run_sync`].
///
/// # Cancel safety
///
/// Waiting for an item can be dropped and loses nothing. Dropping the stream before the iterator
/// was built drops `make` there and then; later, the iterator stops at its next item.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use futures::StreamExt;
/// use lionpride_concurrency::stream_sync;
///
/// let names = stream_sync(|| std::fs::read_dir("src").unwrap(), 8)
///     .map(|entry| entry.unwrap().file_name())
///     .collect::<Vec<_>>()
///     .await;
/// assert!(names.iter().any(|name| name == "lib.rs"));
/// # }
/// ```
#[track_caller]
pub fn stream_sync<M, I>(make: M, capacity: usize) -> impl Stream<Item = I::Item> + use<M, I>
where
    M: FnOnce() -> I + Send + 'static,
    I: IntoIterator,
    I::Item: Send + 'static,
{
    let largest = Semaphore::MAX_PERMITS;
    assert!(
        (1..=largest).contains(&capacity),
        "the capacity of a stream must be from 1 to {largest}, not {capacity}"
    );
    let (sender, items) = mpsc::channel(capacity);
    StreamSync { call: run_sync(move || feed(make(), &sender)), ended: None, items }
}

/// Sends each item once there is room for it: the room comes first, so that no item is made that
/// has to wait.
fn feed<I: IntoIterator>(items: I, sender: &mpsc::Sender<I::Item>) {
    let mut items = items.into_iter();
    loop {
        let room = match sender.try_reserve() {
            Ok(room) => room,
            Err(TrySendError::Full(())) => match Handle::current().block_on(sender.reserve()) {
                Ok(room) => room,
                Err(_) => return,
            },
            Err(TrySendError::Closed(())) => return,
        };
        let Some(item) = items.next() else { return };
        room.send(item);
    }
}

struct StreamSync<J: Job<Output = ()>, T> {
    call: RunSync<J>,
    ended: Option<Result<(), RunSyncError>>,
    items: mpsc::Receiver<T>,
}

impl<J: Job<Output = ()>, T> Stream for StreamSync<J, T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        if self.ended.is_none() {
            if let Poll::Ready(result) = self.call.poll_result(cx) {
                self.ended = Some(result);
            }
        }
        if let Some(item) = ready!(self.items.poll_recv(cx)) {
            return Poll::Ready(Some(item));
        }
        match self.ended.take() {
            // The channel closes a moment before the call ends, and that wakes this task again.
            None => Poll::Pending,
            Some(Err(shutdown @ RunSyncError::Shutdown)) => self.call.fail(shutdown),
            Some(result) => {
                self.ended = Some(Ok(()));
                match result {
                    Ok(()) => Poll::Ready(None),
                    Err(panicked) => self.call.fail(panicked),
                }
            }
        }
    }
}
