//! Deadlines: [`fail_after`], [`move_on_after`] and their `_at` forms.
//!
//! The deadline of a scope is known to the code in it while that is polled: [`deadline`] is the
//! tightest around the code on this thread. A blocking call takes it along.

use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::task::coop::{Unconstrained, unconstrained};
use tokio::time::Instant;

use crate::IntoDelay;
use crate::sync::thread_local;
use crate::time::{assert_deadline, current_time, instant_at, time_at, timer_at};

/// A moment, as tokio's timer knows it and as [`current_time`] shows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    at: Instant,
    time: f64,
}

impl Deadline {
    fn has_passed(self) -> bool {
        self.at <= Instant::now()
    }
}

thread_local! {
    static DEADLINE: Cell<Option<Deadline>> = const { Cell::new(None) };
}

/// The tightest deadline around the code on this thread.
pub(crate) fn deadline() -> Option<Deadline> {
    DEADLINE.with(Cell::get)
}

/// Whether that has passed.
pub(crate) fn deadline_has_passed() -> bool {
    deadline().is_some_and(Deadline::has_passed)
}

/// Puts the code on this thread under this deadline alone, until what it returns is dropped.
pub(crate) fn enter(deadline: Option<Deadline>) -> Entered {
    Entered(DEADLINE.with(|current| current.replace(deadline)))
}

pub(crate) struct Entered(Option<Deadline>);

impl Drop for Entered {
    fn drop(&mut self) {
        DEADLINE.with(|current| current.set(self.0));
    }
}

/// The tightest deadline around this code, on the scale of [`current_time`]: that of the scopes it
/// is in. In the work of a blocking call it is what it was where the call was first polled.
///
/// It is `None` without a deadline, in a task of its own, in the work of a
/// [shielded](crate::RunSync::shielded) call and under [`shield`](crate::shield()).
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use lionpride_concurrency::{current_time, effective_deadline, fail_at, run_sync};
///
/// let deadline = current_time() + 5.0;
/// let seen = fail_at(deadline, run_sync(effective_deadline)).await;
/// assert_eq!(seen, Ok(Some(deadline)));
/// assert_eq!(effective_deadline(), None);
/// # }
/// ```
#[must_use]
pub fn effective_deadline() -> Option<f64> {
    deadline().map(|deadline| deadline.time)
}

/// The error of [`fail_after`] and [`fail_at`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedOut;

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the deadline has passed")
    }
}

impl Error for TimedOut {}

impl From<TimedOut> for io::Error {
    fn from(timed_out: TimedOut) -> Self {
        Self::new(io::ErrorKind::TimedOut, timed_out)
    }
}

/// When a scope ends.
#[derive(Clone, Copy, Debug)]
enum End {
    /// So long after the first poll; `None` never comes.
    After(Option<Duration>),
    At(f64),
}

impl End {
    /// The deadline, if it can ever come.
    fn deadline(self) -> Option<Deadline> {
        match self {
            Self::After(delay) => {
                let delay = delay?;
                let at = Instant::now().checked_add(delay)?;
                Some(Deadline { at, time: time_at(at) })
            }
            // What has passed may be before anything that an `Instant` can be.
            Self::At(time) if time <= current_time() => Some(Deadline { at: Instant::now(), time }),
            Self::At(time) => Some(Deadline { at: instant_at(time)?, time }),
        }
    }
}

pin_project! {
    /// A future under a deadline: its output, or nothing once that has passed.
    struct Scope<F> {
        end: End,
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = StateProj]
    #[project_replace = StateOwn]
    enum State<F> {
        Running {
            #[pin]
            future: F,
            // None until the first poll.
            #[pin]
            limit: Option<Limit>,
        },
        Over,
    }
}

pin_project! {
    /// What the first poll makes of the end.
    struct Limit {
        deadline: Option<Deadline>,
        // It is asked however little of its turn the future has left to its task.
        #[pin]
        timer: Option<Unconstrained<tokio::time::Sleep>>,
    }
}

impl Limit {
    fn begin(end: End) -> Self {
        let deadline = end.deadline();
        let timer = deadline.and_then(|deadline| timer_at(deadline.at)).map(unconstrained);
        Self { deadline, timer }
    }

    /// Whether the deadline has passed. The timer hears of it later: it knows whole milliseconds
    /// only, and of those that have passed since its runtime last looked it knows nothing.
    fn has_passed(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        let this = self.project();
        this.deadline.is_some_and(Deadline::has_passed)
            || this.timer.as_pin_mut().is_some_and(|timer| timer.poll(cx).is_ready())
    }
}

impl<F> Scope<F> {
    fn new(end: End, future: F) -> Self {
        Self { end, state: State::Running { future, limit: None } }
    }
}

impl<F: Future> Future for Scope<F> {
    type Output = Option<F::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<F::Output>> {
        let mut this = self.project();
        let StateProj::Running { future, mut limit } = this.state.as_mut().project() else {
            panic!("a scope polled after completion")
        };
        if limit.is_none() {
            limit.set(Some(Limit::begin(*this.end)));
        }
        let limit = limit.as_pin_mut().expect("the first poll sets it");
        let polled = {
            let _inside = enter(tightest(deadline(), limit.deadline));
            future.poll(cx)
        };
        let output = match polled {
            Poll::Ready(output) => Some(output),
            Poll::Pending if limit.has_passed(cx) => None,
            Poll::Pending => return Poll::Pending,
        };
        // The future goes now, whoever keeps the scope.
        this.state.set(State::Over);
        Poll::Ready(output)
    }
}

fn tightest(one: Option<Deadline>, other: Option<Deadline>) -> Option<Deadline> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if one.time <= other.time { one } else { other }),
        (one, other) => one.or(other),
    }
}

pin_project! {
    /// The future of [`fail_after`] and [`fail_at`].
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct FailAfter<F> {
        #[pin]
        scope: Scope<F>,
    }
}

pin_project! {
    /// The future of [`move_on_after`] and [`move_on_at`].
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct MoveOnAfter<F> {
        #[pin]
        scope: Scope<F>,
    }
}

impl<F: Future> Future for FailAfter<F> {
    type Output = Result<F::Output, TimedOut>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().scope.poll(cx).map(|output| output.ok_or(TimedOut))
    }
}

impl<F: Future> Future for MoveOnAfter<F> {
    type Output = Option<F::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().scope.poll(cx)
    }
}

impl<F> fmt::Debug for FailAfter<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FailAfter").field("end", &self.scope.end).finish_non_exhaustive()
    }
}

impl<F> fmt::Debug for MoveOnAfter<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MoveOnAfter").field("end", &self.scope.end).finish_non_exhaustive()
    }
}

/// Runs `future` for at most `delay`: a number of seconds, or a `Duration`.
///
/// The delay counts from the first poll. Scopes can be nested, and the earliest deadline wins. What
/// runs inside sees it as its [`effective_deadline`]; blocking work is told by
/// [`check_cancelled`](crate::check_cancelled).
///
/// The future is always polled once, so that what is ready at once gives its output under any
/// delay, zero and negative ones too. An infinite delay is none.
///
/// # Errors
///
/// [`TimedOut`], when the deadline has passed. The future has been dropped then.
///
/// # Panics
///
/// At the caller's line if `delay` is NaN. When polled, outside a tokio runtime with time enabled,
/// unless the delay is infinite.
///
/// # Cancel safety
///
/// That of `future`.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use lionpride_concurrency::{TimedOut, fail_after, sleep};
///
/// assert_eq!(fail_after(5, async { 42 }).await, Ok(42));
/// assert_eq!(fail_after(0.01, sleep(5)).await, Err(TimedOut));
/// # }
/// ```
#[track_caller]
pub fn fail_after<D: IntoDelay, F: Future>(delay: D, future: F) -> FailAfter<F> {
    FailAfter { scope: Scope::new(End::After(delay.into_delay()), future) }
}

/// Runs `future` until [`current_time`] shows `deadline`. Otherwise as [`fail_after`].
///
/// # Errors
///
/// [`TimedOut`], when the deadline has passed.
///
/// # Panics
///
/// At the caller's line if `deadline` is NaN. Otherwise as [`fail_after`].
///
/// # Cancel safety
///
/// That of `future`.
///
/// # Examples
///
/// One deadline for all attempts together:
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use lionpride_concurrency::{current_time, fail_at, sleep};
///
/// let deadline = current_time() + 0.05;
/// let mut attempts = 0;
/// while fail_at(deadline, sleep(0.02)).await.is_ok() {
///     attempts += 1;
/// }
/// assert!(attempts <= 2);
/// # }
/// ```
#[track_caller]
pub fn fail_at<F: Future>(deadline: f64, future: F) -> FailAfter<F> {
    FailAfter { scope: Scope::new(at(deadline), future) }
}

/// Runs `future` for at most `delay`, and gives `None` if that was not enough. Otherwise as
/// [`fail_after`].
///
/// # Panics
///
/// As [`fail_after`].
///
/// # Cancel safety
///
/// That of `future`.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use lionpride_concurrency::{move_on_after, sleep};
///
/// assert_eq!(move_on_after(5, async { 42 }).await, Some(42));
/// assert_eq!(move_on_after(0.01, sleep(5)).await, None);
/// # }
/// ```
#[track_caller]
pub fn move_on_after<D: IntoDelay, F: Future>(delay: D, future: F) -> MoveOnAfter<F> {
    MoveOnAfter { scope: Scope::new(End::After(delay.into_delay()), future) }
}

/// Runs `future` until [`current_time`] shows `deadline`, and gives `None` if that was not enough.
/// Otherwise as [`fail_after`].
///
/// # Panics
///
/// As [`fail_at`].
///
/// # Cancel safety
///
/// That of `future`.
#[track_caller]
pub fn move_on_at<F: Future>(deadline: f64, future: F) -> MoveOnAfter<F> {
    MoveOnAfter { scope: Scope::new(at(deadline), future) }
}

#[track_caller]
fn at(deadline: f64) -> End {
    assert_deadline(deadline);
    End::At(deadline)
}
