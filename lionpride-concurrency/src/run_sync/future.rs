use std::fmt;
use std::future::Future;
use std::mem;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::process::{ExitCode, Termination};
use std::task::{Context, Poll, ready};

use tokio::runtime::{self, Handle};
use tokio::task::LocalKey;

use super::waiting::is_waited_for;
use super::{Claim, Job, RunSyncError, Work};
use crate::dispatcher::{AsDispatcher, Order, Pool, Route, Shielded, WithLocal};

/// The future of [`run_sync`](crate::run_sync), and what a sync `#[dispatch]` function returns.
///
/// `D` is the call's [`Route`]: where and how it runs. It is [`Pool`] until [`on`](Self::on),
/// [`shielded`](Self::shielded) or [`with_local`](Self::with_local) changes it.
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
    name: Option<&'static str>,
}

enum Stage<J: Work, D> {
    New(J, D),
    Sent(Claim<J::Output>),
    Over,
}

/// The job is never pinned: it is moved to the worker.
impl<J: Work, D> Unpin for RunSync<J, D> {}

impl<J: Work, D> RunSync<J, D> {
    pub(crate) fn new(job: J, route: D) -> Self {
        Self { stage: Stage::New(job, route), name: None }
    }
}

impl<J: Work, D> RunSync<J, D> {
    /// Runs the call on a dispatcher: a [`Limiter`](crate::Limiter), a
    /// [`Dedicated`](crate::Dedicated) thread, `Rayon`, or a
    /// [`Dispatcher`](crate::Dispatcher) of your own. A `LazyLock` of one will do.
    ///
    /// The last one said is where it runs.
    ///
    /// # Panics
    ///
    /// If the call has been polled.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use lionpride_concurrency::{Limiter, run_sync};
    ///
    /// static DISK: Limiter = Limiter::new("disk", 4);
    ///
    /// let manifest = run_sync(|| std::fs::read("Cargo.toml")).on(&DISK);
    /// assert!(manifest.await.is_ok());
    /// # }
    /// ```
    #[track_caller]
    pub fn on<P, K>(self, dispatcher: &P) -> RunSync<J, D::On<P::Dispatcher>>
    where
        P: AsDispatcher<K> + ?Sized,
        D: Route,
    {
        let dispatcher = dispatcher.to_dispatcher();
        self.by_way_of("on", |route| route.on(dispatcher))
    }

    /// Names the call, for [spans and events](crate#features) and for its
    /// [`Dispatcher`](crate::Dispatcher). `#[dispatch]` names it after the function.
    ///
    /// It is as good as without a name once it has been polled.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use lionpride_concurrency::run_sync;
    ///
    /// assert_eq!(run_sync(|| 6 * 7).named("multiply").await, 42);
    /// # }
    /// ```
    pub fn named(self, name: &'static str) -> Self {
        Self { name: Some(name), ..self }
    }

    /// Names it if it has no name.
    pub(crate) fn or_named(self, name: Option<&'static str>) -> Self {
        Self { name: self.name.or(name), ..self }
    }

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
        self.by_way_of("shielded", Shielded)
    }

    /// Lets the work see a task-local of its caller: `key.get()` gives in the work what it gives
    /// where the call is first polled.
    ///
    /// The value is cloned at that poll, and the clone goes where the work goes. Where the caller has
    /// no value, the work has none either. [`run_inline`](Self::run_inline) carries nothing: its work sees
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
        self.by_way_of("with_local", |inner| WithLocal { inner, key })
    }

    /// Changes the route of a call that has not been polled.
    #[track_caller]
    fn by_way_of<E>(self, method: &str, change: impl FnOnce(D) -> E) -> RunSync<J, E> {
        match self.stage {
            Stage::New(job, route) => {
                RunSync { stage: Stage::New(job, change(route)), name: self.name }
            }
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

impl<J: Job, D: Route> RunSync<J, D> {
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

    pub(super) fn poll_result(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<J::Output, RunSyncError>> {
        match &self.stage {
            Stage::New(..) => {
                self.send(cx);
                Poll::Pending
            }
            Stage::Sent(claim) => {
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
        let runtime = this_runtime("a blocking call");
        let Stage::New(job, route) = mem::replace(&mut self.stage, Stage::Over) else {
            unreachable!("a call is sent once")
        };
        let waker = cx.waker().clone();
        let order = Order { runtime, waker, name: self.name, shielded: false };
        let claim = route.send(job, order);
        claim.nest();
        self.stage = Stage::Sent(claim);
    }

    /// What awaiting a call without a result does.
    pub(super) fn fail<T>(&self, error: RunSyncError) -> Poll<T> {
        if let RunSyncError::Panicked(payload) = error {
            resume_unwind(payload)
        }
        match &self.stage {
            Stage::Sent(claim) if is_task_of(claim.runtime()) => Poll::Pending,
            _ => panic!("{error}; `run_sync(..).into_result()` gives this as an error instead"),
        }
    }
}

/// Whether this is a task of `runtime`, which is dropped with it. What `block_on` or
/// [`run_async`](crate::run_async) runs, in a job or a task too, is not: it would wait for ever.
pub(crate) fn is_task_of(runtime: runtime::Id) -> bool {
    let here = Handle::try_current().is_ok_and(|here| here.id() == runtime);
    here && tokio::task::try_id().is_some() && !is_waited_for()
}

/// The runtime in which `what` is first polled.
pub(crate) fn this_runtime(what: &str) -> Handle {
    Handle::try_current().unwrap_or_else(|error| {
        panic!(
            "{what} needs a tokio runtime where it is first polled, and there is none \
             here ({error}): await it inside `#[tokio::main]`, `Runtime::block_on` or a spawned \
             task, or do the work on this thread with `run_inline()`"
        )
    })
}

impl<J: Job, D: Route> Future for RunSync<J, D> {
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
            Stage::Sent(_) => "sent",
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

impl<J: Job, D: Route> Future for IntoResult<J, D> {
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
