//! Brings calls that were let in to their pool, one after another.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::dispatcher::pool;
use crate::run_sync::Hop;
use crate::sync::thread_local;

thread_local! {
    /// Who is to be started by this thread next, while it is starting somebody.
    static STARTING: RefCell<Option<VecDeque<Arc<dyn Hop>>>> = const { RefCell::new(None) };
}

/// Brings a call that was let in to its runtime's pool.
///
/// Where that runtime is no more the call is lost at once, and the next one let in: that one is
/// started here, and not in there, however long the queue is.
pub(super) fn start(hop: Arc<dyn Hop>) {
    let Some(starting) = Starting::begin(&hop) else { return };
    pool::start(hop);
    drop(starting);
}

/// As [`start`], where somebody else has left: it is none of his business if that fails.
pub(super) fn start_next(hop: &Arc<dyn Hop>) {
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
