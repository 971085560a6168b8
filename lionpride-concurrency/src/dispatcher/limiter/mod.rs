//! [`Limiter`]: so many calls at once.
//!
//! `gate.rs` says who is let in. A limiter is one gate. A call that is let in can open another one,
//! for the calls made from its work: they pass there one at a time, with the permit that is held
//! already.

mod gate;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

pub(crate) use self::gate::Gate;
use self::gate::{Arrival, Entry, Left, Pass};
use super::{Carry, Dispatcher, On, Order, Place, Route, pool};
use crate::run_sync::{Call, Claim, Hop, Job, Task, current};
use crate::stats::{Ledger, Stats};
use crate::sync::thread_local;
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
        assert!(limit > 0, "the limit of a `Limiter` must be at least 1: 0 lets nobody in");
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
        assert!(limit > 0, "the limit of a `Limiter` must be at least 1: 0 lets nobody in");
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
            Some(way) => Ok(RunSync::new(job, Reserved(Some(way)))),
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

/// The way to a permit: the limiter's gate, or that of a call which has one and lends it.
struct Way {
    limiter: Arc<Inner>,
    lender: Option<Arc<dyn Hop>>,
    arrival: Arrival,
}

impl Way {
    /// The way of a call made from the work of `parent`. Where the permit that could be lent is in
    /// use, and another one free, it takes that.
    fn of(limiter: &Arc<Inner>, parent: Option<&Arc<dyn Hop>>) -> Self {
        let lends = |hop: &&Arc<dyn Hop>| {
            let has_permit = seat(hop).is_some_and(|seat| Arc::ptr_eq(&seat.way.limiter, limiter));
            has_permit && hop.call().lends().is_some_and(Gate::announce)
        };
        let around =
            parent.into_iter().flat_map(|hop| std::iter::once(hop).chain(hop.call().ancestors()));
        let limiter = Arc::clone(limiter);
        let Some(lender) = around.into_iter().find(lends).map(Arc::clone) else {
            return Self { limiter, lender: None, arrival: Arrival::Plain };
        };
        let lent = Self { limiter, lender: Some(lender), arrival: Arrival::Announced };
        if lent.gate().has_room() || lent.limiter.gate.reserve(Arrival::Plain).is_err() {
            return lent;
        }
        lent.after(lent.gate().withdraw());
        Self { lender: None, arrival: Arrival::Reserved, ..lent }
    }

    /// Keeps the permit, if there is one.
    fn reserve(mut self) -> Option<Self> {
        if self.arrival != Arrival::Reserved {
            if let Err(left) = self.gate().reserve(self.arrival) {
                self.after(left);
                return None;
            }
            self.arrival = Arrival::Reserved;
        }
        Some(self)
    }

    /// Takes a task along: it starts when it has its permit.
    fn take(self, task: Task) {
        let (hop, arrival) = (task.keep(), self.arrival);
        let is_queued = hop.come_to(Place::Limiter(Seat { way: self, pass: Pass::new() }));
        let seat = seat(&hop).expect("it has just been given one");
        if !is_queued {
            seat.leave(hop.call());
        }
        match seat.way.gate().enter(&hop, arrival) {
            Entry::In => start(hop),
            Entry::Waits => {}
            Entry::Refused(left) => seat.way.after(left),
        }
    }

    fn gate(&self) -> &Gate {
        match &self.lender {
            Some(lender) => lender.call().lends().expect("a lender has a gate"),
            None => &self.limiter.gate,
        }
    }

    /// What follows when somebody has left the gate.
    fn after(&self, mut left: Left) {
        let mut way = self;
        loop {
            if let Some(next) = left.next {
                start_next(&next);
            }
            let (true, Some(lender)) = (left.is_empty, &way.lender) else { return };
            // The lender ended before those to whom it had lent its permit.
            let seat = seat(lender).expect("a lender has a seat");
            left = seat.way.gate().leave(&seat.pass);
            way = &seat.way;
        }
    }
}

/// What a call has from its limiter.
pub(crate) struct Seat {
    way: Way,
    pass: Pass,
}

fn seat(hop: &Arc<dyn Hop>) -> Option<&Seat> {
    match hop.call().place() {
        Some(Place::Limiter(seat)) => Some(seat),
        _ => None,
    }
}

impl Seat {
    fn pass(&self) -> &Pass {
        &self.pass
    }

    #[cfg(feature = "tracing")]
    pub(super) fn limiter(&self) -> &'static str {
        self.way.limiter.name
    }

    #[cfg(feature = "tracing")]
    pub(super) fn slow_start(&self) -> Duration {
        Duration::from_nanos(self.way.limiter.slow_start.load(Ordering::Relaxed))
    }

    pub(super) fn ledger(&self) -> &Ledger {
        &self.way.limiter.ledger
    }

    /// The call has ended, or will never begin. Its permit is free once those to whom it was lent
    /// have ended too.
    pub(super) fn leave(&self, call: &Call) {
        if call.lends_no_more().is_none_or(Gate::close) {
            self.depart();
        }
    }

    fn depart(&self) {
        self.way.after(self.way.gate().leave(&self.pass));
    }

    pub(super) fn to_rescue(&self, hop: &Arc<dyn Hop>) -> Option<Arc<dyn Hop>> {
        let gate = self.way.gate();
        if gate.is_in(&self.pass) { Some(Arc::clone(hop)) } else { gate.not_begun() }
    }
}

/// The way of a call that has its permit already: [`Limiter::try_run`].
pub struct Reserved(Option<Way>);

impl Drop for Reserved {
    fn drop(&mut self) {
        if let Some(way) = self.0.take() {
            way.after(way.gate().give_back());
        }
    }
}

impl fmt::Debug for Reserved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limiter = self.0.as_ref().map(|way| way.limiter.name);
        f.debug_tuple("Reserved").field(&limiter).finish()
    }
}

impl Route for Reserved {}

impl Carry for Reserved {
    type On<P: Dispatcher> = On<P>;

    fn on<P: Dispatcher>(self, dispatcher: P) -> On<P> {
        On::to(dispatcher)
    }

    fn send<J: Job>(mut self, job: J, order: Order) -> Claim<J::Output> {
        let (claim, task) = order.carry_out(job);
        self.0.take().expect("a reserved call is sent once").take(task);
        claim
    }
}

/// How long a call may wait, unless its limiter says otherwise.
pub(crate) const SLOW_START: Duration = Duration::from_secs(1);

/// As many as fit: five centuries.
fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

thread_local! {
    /// Who is to be started by this thread next, while it is starting somebody.
    static STARTING: RefCell<Option<VecDeque<Arc<dyn Hop>>>> = const { RefCell::new(None) };
}

/// Brings a call that was let in to its runtime's pool.
///
/// Where that runtime is no more the call is lost at once, and the next one let in: that one is
/// started here, and not in there, however long the queue is.
fn start(hop: Arc<dyn Hop>) {
    let Some(starting) = Starting::begin(&hop) else { return };
    pool::start(hop);
    drop(starting);
}

/// As [`start`], where somebody else has left: it is none of his business if that fails.
fn start_next(hop: &Arc<dyn Hop>) {
    let Some(starting) = Starting::begin(hop) else { return };
    start_or_lose(hop);
    drop(starting);
}

/// Without a thread to be had, tokio panics, and keeps the call for one that may never come.
fn start_or_lose(hop: &Arc<dyn Hop>) {
    let started = Arc::clone(hop);
    if catch_unwind(AssertUnwindSafe(|| pool::start(started))).is_err() {
        hop.lose();
    }
}

/// What this thread is doing, and nobody else on it is to do.
struct Starting;

impl Starting {
    /// If this thread is at it already, it is told of `hop`.
    fn begin(hop: &Arc<dyn Hop>) -> Option<Self> {
        STARTING.with(|queue| match &mut *queue.borrow_mut() {
            Some(queue) => {
                queue.push_back(Arc::clone(hop));
                None
            }
            none => {
                *none = Some(VecDeque::new());
                Some(Self)
            }
        })
    }
}

/// Whoever was let in meanwhile is started now, also where the first could not be.
impl Drop for Starting {
    fn drop(&mut self) {
        let next = || STARTING.with(|queue| queue.borrow_mut().as_mut()?.pop_front());
        while let Some(hop) = next() {
            start_or_lose(&hop);
        }
        STARTING.with(|queue| queue.borrow_mut().take());
    }
}
