//! The hop: blocking work, awaited.
//!
//! [`run_sync`] makes a lazy future of a closure; its first poll hands the closure to the
//! runtime's blocking pool. [`Job`] is what a hop carries, [`RunSyncError`] what can go wrong, and
//! [`stream_sync`] a hop with many results.
//!
//! # What the hop gets right
//!
//! | | `spawn_blocking(f).await.unwrap()` | `run_sync(f).await` |
//! |---|---|---|
//! | a panic in `f` | another panic, in `unwrap` | goes on in the caller, payload and all |
//! | dropped while queued | runs all the same | never runs, its captures are freed at once |
//! | dropped while running | runs to its end | runs to its end, the result is dropped there |
//! | its runtime shuts down | a panic in `unwrap` | see [`RunSync`] |
//!
//! # Paused time
//!
//! While a blocking call runs, tokio does not move a paused clock by itself: a test that pauses
//! time and waits for a timer beside a blocking call waits for the call first.

mod call;
mod cancel;
mod error;
mod future;
mod job;
mod queue;
mod slot;
mod stream;
mod task;
mod waiting;
mod way_back;

pub(crate) use self::call::{Call, Hop, Ran, current};
pub use self::cancel::{Cancelled, check_cancelled, is_cancelled};
pub use self::error::RunSyncError;
pub use self::future::{IntoResult, RunSync};
pub(crate) use self::future::{is_task_of, this_runtime};
pub use self::job::{Job, Work};
pub(crate) use self::queue::Queue;
pub(crate) use self::slot::Claim;
pub(crate) use self::slot::slot;
pub use self::stream::stream_sync;
pub use self::task::Task;
pub use self::way_back::run_async;

use crate::dispatcher::Pool;

/// Runs blocking work on the runtime's blocking pool.
///
/// The future is lazy: before its first poll nothing happens and no runtime is needed. The call is
/// queued at the first poll.
///
/// # Panics
///
/// Awaiting it panics
///
/// - if `job` panics, with its own payload;
/// - at the first poll, if there is no tokio runtime to run it;
/// - if the runtime was shut down before the call could start; see [`RunSync`].
///
/// [`RunSync::into_result`] gives the first and the last as an error instead.
///
/// # Cancel safety
///
/// Dropped while queued, `job` never runs, and what it captured is dropped there and then. Dropped
/// while it runs, `job` goes on to its end; its result is dropped on the worker.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
/// use lionpride_concurrency::run_sync;
///
/// let path = "Cargo.toml";
/// let manifest = run_sync(move || std::fs::read_to_string(path)).await?;
/// assert!(manifest.contains("lionpride"));
/// # Ok(()) }
/// ```
///
/// An `async fn` is no blocking work; await it instead of wrapping it. This does not compile,
/// since the work's result is a future and not a number:
///
/// ```compile_fail
/// # use lionpride_concurrency::run_sync;
/// async fn answer() -> u32 { 42 }
/// # async fn caller() {
/// let answer: u32 = run_sync(answer).await;
/// # }
/// ```
pub fn run_sync<J: Job>(job: J) -> RunSync<J> {
    RunSync::new(job, Pool)
}
