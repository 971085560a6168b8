//! How many calls there are, and what has become of them.

use std::sync::atomic::{AtomicU64, Ordering};

/// What is known of the calls of a dispatcher: [`stats`], [`Limiter::stats`](crate::Limiter::stats),
/// [`Dedicated::stats`](crate::Dedicated::stats) and `Rayon::stats`.
///
/// Every call that has been polled is in exactly one of `queued`, `running`, `finished`, `panicked`
/// and `dropped`. The numbers are read one after another while calls go on: between calls they add
/// up, beside them they may be some calls apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Calls that wait: for a permit, or for a thread.
    pub queued: u64,
    /// Calls whose work has begun and not ended.
    pub running: u64,
    /// Calls among the running and the queued whose caller is gone: nobody will see their result.
    pub abandoned: u64,
    /// Calls that have begun on a thread right after another call, without one being woken for them,
    /// since the start of the process: short ones, as a rule. The guide has a page on it.
    pub shared: u64,
    /// Calls whose work has returned, since the start of the process.
    pub finished: u64,
    /// Calls whose work has panicked, since the start of the process.
    pub panicked: u64,
    /// Calls that were dropped while they were queued, or lost with their runtime: their work has
    /// never begun.
    pub dropped: u64,
}

/// The calls on the runtimes' blocking pools, of the whole process: those that are
/// [`on`](crate::RunSync::on) nothing else.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use lionpride_concurrency::{run_sync, stats};
///
/// let before = stats();
/// run_sync(|| ()).await;
/// assert_eq!(stats().finished, before.finished + 1);
/// assert_eq!(stats().queued, 0);
/// # }
/// ```
#[must_use]
pub fn stats() -> Stats {
    POOL.read()
}

/// The ledger of the calls without a dispatcher.
pub(crate) static POOL: Ledger = Ledger::new();

/// A counter with a cache line to itself: callers and workers count at the same time, and would take
/// a shared one from each other.
#[derive(Debug)]
#[repr(align(128))]
struct Counter(AtomicU64);

impl Counter {
    const fn new() -> Self {
        Self(AtomicU64::new(0))
    }
}

/// Counts each thing that happens to a call. What is the case follows from what has happened.
#[derive(Debug)]
pub(crate) struct Ledger {
    queued: Counter,
    started: Counter,
    shared: Counter,
    finished: Counter,
    panicked: Counter,
    dropped: Counter,
    /// Callers that went away, and calls that ended after that.
    abandoned: Counter,
    outlived: Counter,
}

impl Ledger {
    pub(crate) const fn new() -> Self {
        Self {
            queued: Counter::new(),
            started: Counter::new(),
            shared: Counter::new(),
            finished: Counter::new(),
            panicked: Counter::new(),
            dropped: Counter::new(),
            abandoned: Counter::new(),
            outlived: Counter::new(),
        }
    }

    pub(crate) fn queue(&self) {
        self.queued.0.fetch_add(1, Ordering::Release);
    }

    pub(crate) fn start(&self, is_shared: bool) {
        self.started.0.fetch_add(1, Ordering::Release);
        if is_shared {
            self.shared.0.fetch_add(1, Ordering::Release);
        }
    }

    pub(crate) fn finish(&self, has_panicked: bool) {
        let ended = if has_panicked { &self.panicked } else { &self.finished };
        ended.0.fetch_add(1, Ordering::Release);
    }

    pub(crate) fn drop_queued(&self) {
        self.dropped.0.fetch_add(1, Ordering::Release);
    }

    pub(crate) fn abandon(&self) {
        self.abandoned.0.fetch_add(1, Ordering::Release);
    }

    pub(crate) fn outlive(&self) {
        self.outlived.0.fetch_add(1, Ordering::Release);
    }

    /// Reads what comes last in the life of a call first, so that no difference is below zero.
    pub(crate) fn read(&self) -> Stats {
        let read = |counter: &Counter| counter.0.load(Ordering::Acquire);
        let (outlived, finished) = (read(&self.outlived), read(&self.finished));
        let (panicked, dropped) = (read(&self.panicked), read(&self.dropped));
        let (abandoned, started) = (read(&self.abandoned), read(&self.started));
        let queued = read(&self.queued);
        Stats {
            queued: queued.saturating_sub(started + dropped),
            running: started.saturating_sub(finished + panicked),
            abandoned: abandoned.saturating_sub(outlived),
            shared: read(&self.shared),
            finished,
            panicked,
            dropped,
        }
    }
}
