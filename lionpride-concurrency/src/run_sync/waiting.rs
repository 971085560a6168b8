//! Sync code that waits for async code on its own thread.
//!
//! The calls that the async code makes are noted by the thread that waits for it. If they find no
//! thread, because the pool is full of work that waits like this one, it sees to it that they get
//! one: whoever waits gives its place to another.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::resume_unwind;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use tokio::task::coop::unconstrained;

use super::call::{self, Hop};
use super::{Cancelled, Task};
use crate::dispatcher;
use crate::sync::{Mutex, lock};

/// How long calls may be without a thread until it is looked into, at first and at most.
const PATIENCE: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(50));

/// How long a thread beside the pool may be at work until there is a second one: it may wait for a
/// call that is queued behind it. Each one more has to be waited for twice as long.
const TOLERANCE: Duration = Duration::from_millis(20);

thread_local! {
    /// The calls that this thread may come to wait for.
    static AWAITED: RefCell<Option<Arc<Awaited>>> = const { RefCell::new(None) };
    /// Whether this thread drops what it waited for, and has to wait for that.
    static CLEANING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread waits for the code on it: in the work of a call, and where sync code waits
/// for async code.
pub(super) fn is_waited_for() -> bool {
    call::ask_current(|_| ()).is_some() || AWAITED.with_borrow(Option::is_some)
}

/// Takes note of a call that is made by code on this thread.
pub(super) fn note(hop: impl FnOnce() -> Arc<dyn Hop>) {
    AWAITED.with_borrow(|awaited| awaited.as_ref().map(|awaited| awaited.note(hop())));
}

/// Calls, as far as they may still be queued.
#[derive(Default)]
struct Awaited(Mutex<Vec<Arc<dyn Hop>>>);

impl Awaited {
    fn note(&self, hop: Arc<dyn Hop>) {
        let mut calls = lock(&self.0);
        if calls.len() == calls.capacity() {
            calls.retain(|hop| hop.is_queued());
        }
        calls.push(hop);
    }

    fn queued(&self) -> Vec<Arc<dyn Hop>> {
        let mut calls = lock(&self.0);
        calls.retain(|hop| hop.is_queued());
        calls.clone()
    }
}

/// Sync code that waits for async code.
pub(super) struct Waiting {
    /// The call whose work it is, if it is that of one.
    hop: Option<Arc<dyn Hop>>,
    awaited: Arc<Awaited>,
    /// What waits further out on this thread has the same.
    is_inner: bool,
    bell: Arc<Bell>,
    patience: Cell<Duration>,
    help: RefCell<Help>,
}

impl Waiting {
    pub(super) fn new(hop: Option<Arc<dyn Hop>>) -> Self {
        if let Some(hop) = &hop {
            hop.call().wait_here();
        }
        let outer = AWAITED.with_borrow(Option::clone);
        let is_inner = outer.is_some();
        let awaited = outer.unwrap_or_default();
        AWAITED.set(Some(Arc::clone(&awaited)));
        let bell = Arc::new(Bell { thread: thread::current(), rung: AtomicBool::new(false) });
        let (patience, help) = (Cell::new(PATIENCE.0), RefCell::new(Help::none_yet()));
        Self { hop, awaited, is_inner, bell, patience, help }
    }

    /// Waits for `future`; if the caller of the work goes away, it unwinds instead.
    pub(super) fn wait_for<F: Future>(&self, future: F) -> F::Output {
        // The budget of a task, if there is one here, is for what does not block.
        let mut future = pin!(Some(unconstrained(future)));
        let waker = Waker::from(Arc::clone(&self.bell));
        let output = {
            let mut future = future.as_mut().as_pin_mut().expect("it is dropped below");
            self.poll_until_ready(future.as_mut(), &mut Context::from_waker(&waker))
        };
        output.unwrap_or_else(|cancelled| {
            // Dropped before the unwinding goes on, so that what it waits for is cancelled first.
            let cleaning = Cleaning::begin();
            future.set(None);
            drop(cleaning);
            resume_unwind(Box::new(cancelled))
        })
    }

    fn poll_until_ready<F: Future>(
        &self,
        mut future: Pin<&mut F>,
        cx: &mut Context<'_>,
    ) -> Result<F::Output, Cancelled> {
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(cx) {
                return Ok(output);
            }
            loop {
                // Also where the bell has rung: it may do so all the time.
                if self.is_to_unwind() {
                    return Err(Cancelled);
                }
                if self.bell.has_rung() {
                    break;
                }
                self.park();
            }
        }
    }

    /// Whether nobody waits for this work. Work that is unwinding already waits for what it cleans
    /// up.
    fn is_to_unwind(&self) -> bool {
        let is_abandoned = self.hop.as_ref().is_some_and(|hop| hop.call().is_abandoned());
        is_abandoned && cfg!(panic = "unwind") && !thread::panicking() && !CLEANING.get()
    }

    /// Waits for the bell, and sees to it that it can ring.
    fn park(&self) {
        if dispatcher::run_what_needs_this_thread() {
            return;
        }
        let queued = self.awaited.queued();
        if queued.is_empty() {
            return thread::park();
        }
        let patience = self.patience.get();
        thread::park_timeout(patience);
        if self.bell.is_ringing() {
            return;
        }
        self.patience.set((patience * 2).min(PATIENCE.1));
        let stuck = queued.iter().filter(|hop| hop.is_queued()).filter_map(to_rescue);
        self.help.borrow_mut().with(stuck.collect());
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if !self.is_inner {
            drop(AWAITED.take());
        }
    }
}

/// Lets this thread wait although nobody waits for its work.
struct Cleaning(bool);

impl Cleaning {
    fn begin() -> Self {
        Self(CLEANING.replace(true))
    }
}

impl Drop for Cleaning {
    fn drop(&mut self) {
        CLEANING.set(self.0);
    }
}

fn to_rescue(hop: &Arc<dyn Hop>) -> Option<Arc<dyn Hop>> {
    hop.call().place()?.to_rescue(hop)
}

/// Threads beside the pool. One is enough to get on, unless it is held up itself.
struct Help {
    latest: Weak<()>,
    until: Instant,
    tolerance: Duration,
}

impl Help {
    fn none_yet() -> Self {
        Self { latest: Weak::new(), until: Instant::now(), tolerance: TOLERANCE }
    }

    /// Gets these calls done, one after another, on a thread beside the pool; on this one if there
    /// is no other.
    fn with(&mut self, stuck: Vec<Arc<dyn Hop>>) {
        let is_at_work = self.latest.strong_count() > 0;
        if stuck.is_empty() || is_at_work && Instant::now() < self.until {
            return;
        }
        if is_at_work {
            self.tolerance *= 2;
        }
        self.until = Instant::now() + self.tolerance;
        let at_work = Arc::new(());
        self.latest = Arc::downgrade(&at_work);
        let calls = stuck.clone();
        let help = move || {
            calls.into_iter().map(Task::new).for_each(Task::run);
            drop(at_work);
        };
        if thread::Builder::new().name("rescue".to_owned()).spawn(help).is_err() {
            stuck.into_iter().map(Task::new).for_each(Task::run);
        }
    }
}

/// Wakes a thread.
struct Bell {
    thread: Thread,
    rung: AtomicBool,
}

impl Bell {
    fn is_ringing(&self) -> bool {
        self.rung.load(Ordering::Acquire)
    }

    fn has_rung(&self) -> bool {
        self.rung.swap(false, Ordering::AcqRel)
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.rung.store(true, Ordering::Release);
        self.thread.unpark();
    }
}
