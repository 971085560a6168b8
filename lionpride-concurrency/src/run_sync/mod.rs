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

mod error;
mod job;
mod slot;
mod stream;

use std::fmt;
use std::future::Future;
use std::mem;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::process::{ExitCode, Termination};
use std::task::{Context, Poll, ready};

use tokio::runtime::{self, Handle};
use tokio::task::LocalKey;

use crate::dispatcher::{Dispatcher, Pool, Shielded, WithLocal};

pub use self::error::RunSyncError;
pub use self::job::{Job, Work};
pub use self::stream::stream_sync;

use self::slot::Claim;

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
    RunSync::new(job)
}

/// The future of [`run_sync`], and what a sync `#[dispatch]` function returns.
///
/// `D` says where and how the call runs: it is [`Pool`] until [`shielded`](Self::shielded) or
/// [`with_local`](Self::with_local) adds to it.
///
/// # Shutdown
///
/// A call that its runtime gives up when it is shut down, because it had not started, never runs.
/// Awaited in a task of that runtime, it waits for ever: the task is about to be dropped. Awaited
/// anywhere else, it panics. [`into_result`](Self::into_result) gives [`RunSyncError::Shutdown`] in
/// both places.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct RunSync<J: Work, D = Pool> {
    stage: Stage<J, D>,
}

enum Stage<J: Work, D> {
    New(J, D),
    Sent { claim: Claim<J>, runtime: runtime::Id },
    Over,
}

/// The job is never pinned: it is moved to the worker.
impl<J: Work, D> Unpin for RunSync<J, D> {}

impl<J: Work> RunSync<J> {
    pub(crate) fn new(job: J) -> Self {
        Self { stage: Stage::New(job, Pool) }
    }
}

impl<J: Work, D> RunSync<J, D> {
    /// Makes sure that the call runs when it has been polled, even if it is dropped while it is
    /// queued: for work that must be done once it has been asked for, such as a write.
    ///
    /// # Panics
    ///
    /// If the call has been polled.
    ///
    /// # Cancel safety
    ///
    /// Dropped before its first poll, the call never runs. Dropped while queued, it runs all the
    /// same, and dropped while it runs, it goes on to its end; its result is dropped on the worker.
    /// Only the shutdown of its runtime can still lose a call that is queued.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use std::time::Duration;
    /// use lionpride_concurrency::run_sync;
    /// use tokio::{sync::oneshot, time::timeout};
    ///
    /// let (journal, entry) = oneshot::channel();
    /// let write = run_sync(move || journal.send("order 7").unwrap()).shielded();
    /// // The caller polls it once and goes away.
    /// let _ = timeout(Duration::ZERO, write).await;
    /// assert_eq!(entry.await, Ok("order 7"));
    /// # }
    /// ```
    #[track_caller]
    pub fn shielded(self) -> RunSync<J, Shielded<D>> {
        self.on_top("shielded", Shielded)
    }

    /// Lets the work see a task-local of its caller: `key.get()` gives in the work what it gives
    /// where the call is first polled.
    ///
    /// The value is cloned at that poll. The clone goes to the worker and is dropped there, later
    /// than the work's captures if the call is dropped while queued. Where the caller has no value,
    /// the work has none either. [`run_inline`](Self::run_inline) carries nothing: its work sees
    /// what its place sees.
    ///
    /// # Panics
    ///
    /// If the call has been polled.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use lionpride_concurrency::run_sync;
    ///
    /// tokio::task_local! {
    ///     static REQUEST: u64;
    /// }
    ///
    /// let log = run_sync(|| format!("request {}", REQUEST.get())).with_local(&REQUEST);
    /// assert_eq!(REQUEST.scope(7, log).await, "request 7");
    /// # }
    /// ```
    #[track_caller]
    pub fn with_local<T>(self, key: &'static LocalKey<T>) -> RunSync<J, WithLocal<D, T>>
    where
        T: Clone + Send + 'static,
    {
        self.on_top("with_local", |inner| WithLocal { inner, key })
    }

    /// Adds to the dispatcher of a call that has not been polled.
    #[track_caller]
    fn on_top<E>(self, method: &str, add: impl FnOnce(D) -> E) -> RunSync<J, E> {
        match self.stage {
            Stage::New(job, dispatcher) => RunSync { stage: Stage::New(job, add(dispatcher)) },
            _ => panic!("`{method}` on a blocking call that has been polled already"),
        }
    }

    /// Does the work here and now, on this thread, without a runtime.
    ///
    /// # Panics
    ///
    /// If the call has been polled; and if the work panics.
    ///
    /// # Examples
    ///
    /// ```
    /// use lionpride_concurrency::run_sync;
    ///
    /// assert_eq!(run_sync(|| 6 * 7).run_inline(), 42);
    /// ```
    #[track_caller]
    pub fn run_inline(self) -> J::Output {
        match self.stage {
            Stage::New(job, _) => job.run(),
            _ => panic!("`run_inline` on a blocking call that has been polled already"),
        }
    }
}

impl<J: Job, D: Dispatcher> RunSync<J, D> {
    /// The result, or why there is none: a panic and a shutdown as errors, told apart.
    ///
    /// # Panics
    ///
    /// At the first poll, if there is no tokio runtime to run the call.
    ///
    /// # Errors
    ///
    /// [`RunSyncError::Panicked`] and [`RunSyncError::Shutdown`].
    ///
    /// # Cancel safety
    ///
    /// That of the call.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use lionpride_concurrency::{RunSyncError, run_sync};
    ///
    /// let call = run_sync(|| -> u8 { panic!("out of cheese") });
    /// let error = call.into_result().await.unwrap_err();
    /// assert_eq!(error.to_string(), "the blocking call panicked: out of cheese");
    /// assert!(matches!(error, RunSyncError::Panicked(_)));
    /// # }
    /// ```
    pub fn into_result(self) -> IntoResult<J, D> {
        IntoResult { call: self }
    }

    fn poll_result(&mut self, cx: &mut Context<'_>) -> Poll<Result<J::Output, RunSyncError>> {
        match &self.stage {
            Stage::New(..) => {
                self.send(cx);
                Poll::Pending
            }
            Stage::Sent { claim, .. } => {
                let result = ready!(claim.poll_result(cx));
                if !matches!(result, Err(RunSyncError::Shutdown)) {
                    self.stage = Stage::Over;
                }
                Poll::Ready(result)
            }
            Stage::Over => panic!("`RunSync` polled after completion"),
        }
    }

    fn send(&mut self, cx: &mut Context<'_>) {
        let runtime = this_runtime();
        let Stage::New(job, dispatcher) = mem::replace(&mut self.stage, Stage::Over) else {
            unreachable!("a call is sent once")
        };
        let (claim, ticket) = slot::slot(job, cx.waker().clone(), D::SHIELDED);
        self.stage = Stage::Sent { claim, runtime: runtime.id() };
        dispatcher.dispatch(&runtime, move || ticket.run());
    }

    /// What awaiting a call without a result does.
    fn fail<T>(&self, error: RunSyncError) -> Poll<T> {
        if let RunSyncError::Panicked(payload) = error {
            resume_unwind(payload)
        }
        match &self.stage {
            Stage::Sent { runtime, .. } if is_task_of(*runtime) => Poll::Pending,
            _ => panic!("{error}; `run_sync(..).into_result()` gives this as an error instead"),
        }
    }
}

/// Whether this is a task of `runtime`, which is dropped with it. What `block_on` runs, in a job
/// too, is not: it would wait for ever.
fn is_task_of(runtime: runtime::Id) -> bool {
    let here = Handle::try_current().is_ok_and(|here| here.id() == runtime);
    here && tokio::task::try_id().is_some() && !slot::in_hop()
}

fn this_runtime() -> Handle {
    Handle::try_current().unwrap_or_else(|error| {
        panic!(
            "a blocking call needs a tokio runtime where it is first polled, and there is none \
             here ({error}): await it inside `#[tokio::main]`, `Runtime::block_on` or a spawned \
             task, or do the work on this thread with `run_inline()`"
        )
    })
}

impl<J: Job, D: Dispatcher> Future for RunSync<J, D> {
    type Output = J::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<J::Output> {
        match ready!(self.poll_result(cx)) {
            Ok(output) => Poll::Ready(output),
            Err(error) => self.fail(error),
        }
    }
}

impl<J: Work, D> fmt::Debug for RunSync<J, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = match self.stage {
            Stage::New(..) => "not polled yet",
            Stage::Sent { .. } => "sent",
            Stage::Over => "over",
        };
        f.debug_tuple("RunSync").field(&stage).finish()
    }
}

/// What starts a process or a test awaits nothing: there a call does its work here and now. So a
/// dispatched `main` or `#[test]` works, also where `#[tokio::main]` or `#[tokio::test]` has made a
/// sync function of it.
impl<J: Work<Output: Termination>, D> Termination for RunSync<J, D> {
    fn report(self) -> ExitCode {
        self.run_inline().report()
    }
}

/// The future of [`RunSync::into_result`].
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct IntoResult<J: Work, D = Pool> {
    call: RunSync<J, D>,
}

impl<J: Job, D: Dispatcher> Future for IntoResult<J, D> {
    type Output = Result<J::Output, RunSyncError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.call.poll_result(cx)
    }
}

/// Not derived, which would ask for `J: Debug`.
impl<J: Work, D> fmt::Debug for IntoResult<J, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntoResult").field("call", &self.call).finish()
    }
}
