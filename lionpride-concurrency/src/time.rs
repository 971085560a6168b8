//! The clock and the timer: [`current_time`], [`sleep`], [`sleep_until`].

use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// What the clock shows at its start. Time is paused runtime by runtime, so a clock may stand
/// behind the moment this process first asked: the head start keeps it above zero all the same.
const HEAD_START: Duration = Duration::from_secs(3600);

/// The longest timer tokio's wheel can hold.
///
/// Source: the documentation of [`tokio::time::sleep`].
const LONGEST_TIMER: Duration = Duration::from_millis(68_719_476_734);

/// A timer for this moment; `None` if it is further away than any timer can reach.
pub(crate) fn timer_at(at: Instant) -> Option<tokio::time::Sleep> {
    let is_near = at.saturating_duration_since(Instant::now()) <= LONGEST_TIMER;
    is_near.then(|| tokio::time::sleep_until(at))
}

/// The moment at which the clock shows [`HEAD_START`].
fn start() -> Instant {
    static START: OnceLock<std::time::Instant> = OnceLock::new();
    Instant::from_std(*START.get_or_init(std::time::Instant::now))
}

/// Seconds on tokio's monotonic clock, from a fixed start in this process.
///
/// The value is above zero from the first call and never decreases, whatever happens to the wall
/// clock. It means nothing to another process. Microseconds are still told apart after ten years.
///
/// It works outside a runtime too. In a test, `tokio::time::pause` freezes it for that runtime and
/// `tokio::time::advance` moves it.
///
/// # Examples
///
/// ```
/// use lionpride_concurrency::current_time;
///
/// let start = current_time();
/// let sum: u64 = (1..=1_000).sum();
/// println!("{sum} in {:.6} s", current_time() - start);
/// assert!(current_time() >= start);
/// ```
#[must_use]
pub fn current_time() -> f64 {
    time_at(Instant::now())
}

/// What [`current_time`] shows at this moment.
pub(crate) fn time_at(at: Instant) -> f64 {
    let start = start();
    let ahead = at.saturating_duration_since(start);
    let behind = start.saturating_duration_since(at);
    HEAD_START.saturating_add(ahead).saturating_sub(behind).as_secs_f64()
}

/// The first moment at which [`current_time`] shows at least `time`; `None` if there is none.
pub(crate) fn instant_at(time: f64) -> Option<Instant> {
    start().checked_add(not_below(time)?)?.checked_sub(HEAD_START)
}

/// The shortest duration that is not below `seconds`; `None` if none is that long.
fn not_below(seconds: f64) -> Option<Duration> {
    let nearest = Duration::try_from_secs_f64(seconds).ok()?;
    if nearest.as_secs_f64() < seconds {
        return nearest.checked_add(Duration::from_nanos(1));
    }
    Some(nearest)
}

/// A length of time: a number of seconds, or a [`Duration`].
///
/// Numbers below zero count as zero. Infinity, and what is too long for a `Duration`, is a delay
/// that never ends.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a delay",
    label = "expected seconds or a `Duration`",
    note = "write a number of seconds, as in `sleep(0.1)`, or a `std::time::Duration`"
)]
pub trait IntoDelay {
    /// The delay as a duration; `None` never ends.
    ///
    /// # Panics
    ///
    /// If the number is NaN, at the caller's line.
    #[track_caller]
    fn into_delay(self) -> Option<Duration>;
}

impl IntoDelay for Duration {
    fn into_delay(self) -> Option<Duration> {
        Some(self)
    }
}

impl IntoDelay for f64 {
    fn into_delay(self) -> Option<Duration> {
        assert!(!self.is_nan(), "a delay must be a number of seconds, not {self}");
        not_below(self.max(0.0))
    }
}

impl IntoDelay for f32 {
    fn into_delay(self) -> Option<Duration> {
        f64::from(self).into_delay()
    }
}

macro_rules! whole_seconds {
    ($($number:ty)*) => {$(
        impl IntoDelay for $number {
            fn into_delay(self) -> Option<Duration> {
                Some(Duration::from_secs(u64::try_from(self).unwrap_or(0)))
            }
        }
    )*};
}

whole_seconds!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);

pin_project! {
    /// The future of [`sleep`] and [`sleep_until`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Sleep {
        #[pin]
        state: State,
    }
}

pin_project! {
    #[derive(Debug)]
    #[project = StateProj]
    enum State {
        Delay { delay: Option<Duration> },
        Deadline { deadline: f64 },
        Timer { #[pin] timer: tokio::time::Sleep },
        Yield { turns: usize },
        Yielding { fence: Option<JoinHandle<()>>, turns: usize },
        Over,
        Never,
    }
}

/// Waits for `delay`: a number of seconds, or a [`Duration`].
///
/// Nothing happens until the future is first polled: the delay counts from there, and making the
/// future needs no runtime. It never ends early; the timer's resolution is a millisecond.
///
/// - Zero and below: lets every task that is ready run once, then returns. Between the workers of a
///   multi-thread runtime there is no such order; there it is tokio's `yield_now`.
/// - Infinity, and beyond what tokio's timer can hold (about 2.2 years): never returns, not even
///   when time is paused.
///
/// # Panics
///
/// At the caller's line if `delay` is NaN. When polled, outside a tokio runtime with time enabled.
///
/// # Cancel safety
///
/// Dropping the future cancels it.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::time::Duration;
/// use lionpride_concurrency::sleep;
///
/// sleep(0.01).await;
/// sleep(Duration::from_millis(10)).await;
/// sleep(0).await; // lets the others run
/// # }
/// ```
#[track_caller]
pub fn sleep<D: IntoDelay>(delay: D) -> Sleep {
    let delay = delay.into_delay();
    Sleep { state: State::Delay { delay } }
}

/// Waits until [`current_time`] shows `deadline`.
///
/// A deadline that has passed still lets every ready task run once. Otherwise as [`sleep`].
///
/// # Panics
///
/// At the caller's line if `deadline` is NaN. When polled, outside a tokio runtime with time
/// enabled.
///
/// # Cancel safety
///
/// Dropping the future cancels it.
///
/// # Examples
///
/// A loop at a fixed rate that does not drift:
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use lionpride_concurrency::{current_time, sleep_until};
///
/// let mut next = current_time();
/// for _ in 0..3 {
///     next += 0.01;
///     sleep_until(next).await;
///     assert!(current_time() >= next);
/// }
/// # }
/// ```
#[track_caller]
pub fn sleep_until(deadline: f64) -> Sleep {
    assert_deadline(deadline);
    Sleep { state: State::Deadline { deadline } }
}

#[track_caller]
pub(crate) fn assert_deadline(deadline: f64) {
    assert!(!deadline.is_nan(), "a deadline must be a time in seconds, not {deadline}");
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.project().state;
        loop {
            let next = match state.as_mut().project() {
                StateProj::Delay { delay } => begin_delay(*delay),
                StateProj::Deadline { deadline } => begin_deadline(*deadline),
                StateProj::Timer { timer } => return timer.poll(cx),
                StateProj::Yield { turns } => {
                    let turns = *turns;
                    return state.poll_yield(turns, cx);
                }
                StateProj::Yielding { fence, turns } => {
                    if let Some(fence) = fence {
                        // A fence that was cancelled fell with its runtime: nobody is waited for.
                        let _ = ready!(Pin::new(fence).poll(cx));
                    }
                    if *turns > 0 && queued_from_outside() > 0 {
                        State::Yield { turns: *turns - 1 }
                    } else {
                        State::Over
                    }
                }
                StateProj::Over => return Poll::Ready(()),
                StateProj::Never => return Poll::Pending,
            };
            state.set(next);
        }
    }
}

impl State {
    /// In a task, `yield_now` lets all that is ready go first. The future that `block_on` runs is
    /// no task and stands in no queue: there, an empty task is queued behind all the others.
    fn poll_yield(mut self: Pin<&mut Self>, turns: usize, cx: &mut Context<'_>) -> Poll<()> {
        let mut fence = None;
        match Handle::try_current() {
            Ok(runtime) if tokio::task::try_id().is_none() => {
                let mut queued = runtime.spawn(async {});
                match Pin::new(&mut queued).poll(cx) {
                    Poll::Pending => fence = Some(queued),
                    // A worker was quicker, and others want their turn all the same.
                    Poll::Ready(_) => cx.waker().wake_by_ref(),
                }
            }
            // It cannot be named, so that it cannot be kept: its first poll is all that counts.
            _ => drop(std::pin::pin!(tokio::task::yield_now()).poll(cx)),
        }
        self.set(Self::Yielding { fence, turns });
        Poll::Pending
    }
}

fn begin_yield() -> State {
    State::Yield { turns: queued_from_outside() }
}

/// How many tasks other threads have given to a current-thread runtime. It looks at them last, so
/// that one turn does not reach them all; each turn reaches at least one.
fn queued_from_outside() -> usize {
    match Handle::try_current() {
        Ok(runtime) if runtime.runtime_flavor() == RuntimeFlavor::CurrentThread => {
            runtime.metrics().global_queue_depth()
        }
        _ => 0,
    }
}

fn begin_delay(delay: Option<Duration>) -> State {
    match delay {
        Some(Duration::ZERO) => begin_yield(),
        Some(delay) if delay <= LONGEST_TIMER => State::Timer { timer: tokio::time::sleep(delay) },
        _ => State::Never,
    }
}

fn begin_deadline(deadline: f64) -> State {
    if deadline <= current_time() {
        return begin_yield();
    }
    match instant_at(deadline).and_then(timer_at) {
        Some(timer) => State::Timer { timer },
        None => State::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::{current_time, instant_at, not_below};
    use std::time::Duration;

    #[test]
    fn rounds_a_delay_up_never_down() {
        assert_eq!(not_below(0.1), Some(Duration::from_millis(100)));
        assert_eq!(not_below(1e-12), Some(Duration::from_nanos(1)));
        assert_eq!(not_below(0.0), Some(Duration::ZERO));
        assert_eq!(not_below(f64::INFINITY), None);
        for step in 1..10_000_u32 {
            let seconds = f64::from(step) * 0.000_123_7;
            assert!(not_below(seconds).unwrap().as_secs_f64() >= seconds);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_clock_has_reached_a_deadline_when_its_instant_has_come() {
        for step in 0..1_000_u32 {
            let deadline = current_time() + f64::from(step) * 0.001;
            let wait = instant_at(deadline).unwrap() - tokio::time::Instant::now();
            tokio::time::advance(wait).await;
            assert!(current_time() >= deadline, "step {step}");
        }
    }
}
