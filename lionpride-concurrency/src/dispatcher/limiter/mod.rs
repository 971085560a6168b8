//! [`Limiter`]: so many calls at once.
//!
//! `gate.rs` says who is let in. A limiter is one gate. A call that is let in can open another one,
//! for the calls made from its work: they pass there one at a time, with the permit that is held
//! already. Which of the two a call goes to, and what follows when it leaves, is in `way.rs`.

mod gate;
mod start;
mod way;

use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

pub(crate) use self::gate::Gate;
use self::start::start_next;
pub use self::way::Reserved;
pub(crate) use self::way::Seat;
use self::way::Way;
use super::Dispatcher;
use crate::run_sync::{Job, Task, current};
use crate::stats::{Ledger, Stats};
use crate::{IntoDelay, RunSync};

/// A named, bounded view of the blocking pool: at most so many of its calls run at once, the others
/// wait in the order in which they came.
///
/// It belongs in a `static`, one for each thing that has to be spared: a database, a disk, the
/// cores. A clone is the same limiter.
///
/// - The permit of a call is held until its work really ends, also after its caller is gone.
/// - A call that is dropped while it waits never starts, and waits no longer.
/// - A call made from the work of a call under the same limiter, through
///   [`run_async`](crate::run_async), uses that one's permit: a limit of 1 is enough, however deep.
///   Of several that are made at once, one does; the others use what permits are free then, or run
///   one after another.
///
/// Two limiters that are taken by each other's work, in either order, can block each other for ever,
/// as two locks can: take them in one order.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use futures::future::join_all;
/// use lionpride_concurrency::{Limiter, run_sync};
///
/// static DB: Limiter = Limiter::new("db", 8);
///
/// let rows = join_all((0..100).map(|id| run_sync(move || id * 2).on(&DB))).await;
/// assert_eq!(rows[99], 198);
/// assert_eq!(DB.available(), 8);
/// assert_eq!(DB.stats().finished, 100);
/// # }
/// ```
///
/// A limit of 0 lets nobody in. In a `static` it does not compile:
///
/// ```compile_fail
/// # use lionpride_concurrency::Limiter;
/// static DB: Limiter = Limiter::new("db", 0);
/// # fn main() { DB.limit(); }
/// ```
pub struct Limiter {
    name: &'static str,
    limit: usize,
    inner: OnceLock<Arc<Inner>>,
}

/// What the clones of a limiter share.
pub(crate) struct Inner {
    name: &'static str,
    /// In nanoseconds.
    slow_start: AtomicU64,
    gate: Gate,
    ledger: Ledger,
}

impl Limiter {
    /// A limiter that lets `limit` calls run at once. Its name stands in spans, events and errors.
    ///
    /// # Panics
    ///
    /// If `limit` is 0: at the caller's line, or when a `static` is compiled.
    #[must_use]
    #[track_caller]
    pub const fn new(name: &'static str, limit: usize) -> Self {
        assert!(limit > 0, "{}", NOBODY);
        Self { name, limit, inner: OnceLock::new() }
    }

    fn inner(&self) -> &Arc<Inner> {
        self.inner.get_or_init(|| {
            Arc::new(Inner {
                name: self.name,
                slow_start: AtomicU64::new(nanoseconds(SLOW_START)),
                gate: Gate::new(self.limit),
                ledger: Ledger::new(),
            })
        })
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// How many calls may run at once.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.inner().gate.limit()
    }

    /// Sets how many calls may run at once.
    ///
    /// Raised, it lets in at once who waits. Lowered below what is in use it stops nobody: new calls
    /// wait until enough have ended.
    ///
    /// # Panics
    ///
    /// At the caller's line if `limit` is 0.
    #[track_caller]
    pub fn set_limit(&self, limit: usize) {
        assert!(limit > 0, "{}", NOBODY);
        let gate = &self.inner().gate;
        gate.set_limit(limit);
        while let Some(hop) = gate.next() {
            start_next(&hop);
        }
    }

    /// Sets how long a call may wait, for its permit and its thread, until that is worth a warning:
    /// with the feature `tracing`, an event. It is a second until then.
    ///
    /// # Panics
    ///
    /// At the caller's line if `threshold` is NaN.
    ///
    /// # Examples
    ///
    /// ```
    /// use lionpride_concurrency::Limiter;
    ///
    /// static DB: Limiter = Limiter::new("db", 8);
    ///
    /// DB.set_slow_start(0.05);
    /// ```
    #[track_caller]
    pub fn set_slow_start<D: IntoDelay>(&self, threshold: D) {
        let threshold = nanoseconds(threshold.into_delay().unwrap_or(Duration::MAX));
        self.inner().slow_start.store(threshold, Ordering::Relaxed);
    }

    /// How many permits are free.
    #[must_use]
    pub fn available(&self) -> usize {
        self.inner().gate.available()
    }

    /// How many permits are held. It is more than the limit for a while after that was lowered.
    #[must_use]
    pub fn in_use(&self) -> usize {
        self.inner().gate.in_use()
    }

    /// How many calls wait for a permit. A call that uses the permit of a call around it does not.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.inner().gate.waiting()
    }

    /// What has become of the calls under this limiter.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.inner().ledger.read()
    }

    /// A call that has its permit from now on, or an error if it would have to wait.
    ///
    /// It is as lazy as any other: the permit is held while the call waits to be polled, and free
    /// again when it is dropped instead.
    ///
    /// # Errors
    ///
    /// [`Saturated`], if no permit is free.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use lionpride_concurrency::Limiter;
    ///
    /// static RESIZE: Limiter = Limiter::new("resize", 1);
    ///
    /// let first = RESIZE.try_run(|| "small").unwrap();
    /// let second = RESIZE.try_run(|| "too many").unwrap_err();
    /// assert_eq!(second.to_string(), "the limiter `resize` is saturated: its limit is 1");
    /// assert_eq!(first.await, "small");
    /// # }
    /// ```
    pub fn try_run<J: Job>(&self, job: J) -> Result<RunSync<J, Reserved>, Saturated> {
        match Way::of(self.inner(), current().as_ref()).reserve() {
            Some(way) => Ok(RunSync::new(job, Reserved::by(way))),
            None => Err(Saturated { name: self.name, limit: self.limit() }),
        }
    }
}

impl Clone for Limiter {
    fn clone(&self) -> Self {
        let inner = OnceLock::from(Arc::clone(self.inner()));
        Self { name: self.name, limit: self.limit, inner }
    }
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limiter")
            .field("name", &self.name)
            .field("limit", &self.limit())
            .field("in_use", &self.in_use())
            .field("waiting", &self.waiting())
            .finish_non_exhaustive()
    }
}

#[diagnostic::do_not_recommend]
impl Dispatcher for Limiter {
    fn dispatch(&self, task: Task) {
        Way::of(self.inner(), task.hop().call().parent()).take(task);
    }
}

/// The error of [`Limiter::try_run`]: the call would have to wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saturated {
    name: &'static str,
    limit: usize,
}

impl Saturated {
    /// The name of the limiter.
    #[must_use]
    pub fn limiter(&self) -> &'static str {
        self.name
    }
}

impl fmt::Display for Saturated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the limiter `{}` is saturated: its limit is {}", self.name, self.limit)
    }
}

impl Error for Saturated {}

/// What is wrong with a limit of 0.
const NOBODY: &str = "the limit of a `Limiter` must be at least 1: 0 lets nobody in";

/// How long a call may wait, unless its limiter says otherwise.
pub(crate) const SLOW_START: Duration = Duration::from_secs(1);

/// As many as fit: five centuries.
fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
