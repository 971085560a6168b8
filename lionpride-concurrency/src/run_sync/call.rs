//! What is known of a call while it is under way, whatever its work.
//!
//! A [`Hop`] is a call with the type of its work out of sight; its [`Call`] is what the library asks
//! of it. The call whose work runs on a thread is that thread's [`current`] one: a call that is made
//! from there is nested in it.

use std::cell::RefCell;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::thread::{self, Thread};

use tokio::runtime::Handle;

use crate::dispatcher::{Gate, Place};
use crate::scope::{self, Deadline};
use crate::stats::Ledger;
use crate::sync::{AtomicBool, Mutex, lock, thread_local};
use crate::trace::Trace;

thread_local! {
    static CURRENT: RefCell<Option<Arc<dyn Hop>>> = RefCell::new(None);
    /// For code on this thread that waits for async code and is the work of no call.
    static ALONE: RefCell<Option<Arc<Nested>>> = RefCell::new(None);
}

/// The call whose work this thread is doing.
pub(crate) fn current() -> Option<Arc<dyn Hop>> {
    CURRENT.with(|current| current.borrow().clone())
}

/// Whether the code on this thread is waited for by the thread itself: in the work of a call, and
/// where sync code waits for async code.
pub(super) fn is_waited_for() -> bool {
    CURRENT.with(|current| current.borrow().is_some())
        || ALONE.with(|alone| alone.borrow().is_some())
}

/// Takes note of a call for who may come to wait for it on this thread.
pub(super) fn note(hop: impl Fn() -> Arc<dyn Hop>) {
    let noted = ask_current(|around| around.nested.note(hop()));
    if noted.is_none() {
        ALONE.with(|alone| alone.borrow().as_ref().map(|nested| nested.note(hop())));
    }
}

/// Asks something of the call whose work this thread is doing.
pub(super) fn ask_current<T>(ask: impl FnOnce(&Call) -> T) -> Option<T> {
    CURRENT.with(|current| current.borrow().as_ref().map(|hop| ask(hop.call())))
}

/// A call with the type of its work out of sight.
pub(crate) trait Hop: Send + Sync {
    /// What is known of it.
    fn call(&self) -> &Call;

    /// Does the work, unless it has begun or has been given up.
    fn run(self: Arc<Self>);

    /// Gives the work up, unless it has begun: it is lost to its caller.
    fn lose(&self);

    /// Whether its work is still to begin.
    fn is_queued(&self) -> bool;
}

/// What is known of a call.
pub(crate) struct Call {
    pub(crate) runtime: Handle,
    pub(crate) name: Option<&'static str>,
    /// Whether it goes on to its end without its caller.
    pub(crate) shielded: bool,
    /// Where it runs: set once, when it comes there.
    place: OnceLock<Place>,
    deadline: Option<Deadline>,
    /// The call from whose work this one was made.
    parent: Option<Arc<dyn Hop>>,
    cancelled: AtomicBool,
    /// The thread of the work, while that waits for something that a cancellation ends.
    waiting: Mutex<Option<Thread>>,
    /// Whether the work, though cancelled, waits for what it cleans up.
    cleaning: AtomicBool,
    /// The calls made from the work of this one.
    pub(super) nested: Nested,
    /// Lets in, one after another, what is nested here and needs the permit that this call holds.
    pub(crate) lends: OnceLock<Box<Gate>>,
    trace: Trace,
}

impl Call {
    /// A call that is made here and now.
    pub(crate) fn new(runtime: Handle, name: Option<&'static str>, shielded: bool) -> Self {
        Self {
            runtime,
            name,
            shielded,
            place: OnceLock::new(),
            deadline: scope::deadline().filter(|_| !shielded),
            parent: current(),
            cancelled: AtomicBool::new(false),
            waiting: Mutex::new(None),
            cleaning: AtomicBool::new(false),
            nested: Nested::new(),
            lends: OnceLock::new(),
            trace: Trace::of_caller(name),
        }
    }

    /// Where it runs. A dispatcher that hands it on to another has no say in it.
    pub(crate) fn place(&self) -> Option<&Place> {
        self.place.get()
    }

    /// Says where it runs: it is queued there from now on.
    pub(crate) fn come_to(&self, place: Place) {
        let placed = self.place.set(place);
        debug_assert!(placed.is_ok(), "a task runs in one place");
        self.count(Ledger::queue);
    }

    pub(super) fn count(&self, what: impl FnOnce(&Ledger)) {
        if let Some(ledger) = self.place().and_then(Place::ledger) {
            what(ledger);
        }
    }

    /// The call from whose work this one was made.
    pub(crate) fn parent(&self) -> Option<&Arc<dyn Hop>> {
        self.parent.as_ref()
    }

    /// The calls around this one, from the inside.
    pub(crate) fn ancestors(&self) -> impl Iterator<Item = &Arc<dyn Hop>> {
        std::iter::successors(self.parent.as_ref(), |hop| hop.call().parent.as_ref())
    }

    /// Whether the caller, or one further up, is gone. A shielded call asks nobody.
    pub(super) fn is_cancelled(&self) -> bool {
        let mut call = self;
        loop {
            if call.is_abandoned() {
                return true;
            }
            match &call.parent {
                Some(parent) if !call.shielded => call = parent.call(),
                _ => return false,
            }
        }
    }

    /// Whether the caller of this very call is gone.
    pub(super) fn is_abandoned(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }

    /// Tells the work that its caller is gone.
    pub(super) fn cancel(&self) {
        if self.shielded {
            return;
        }
        self.cancelled.store(true, Ordering::Release);
        if let Some(thread) = &*lock(&self.waiting) {
            thread.unpark();
        }
    }

    /// From now on this thread is woken by a cancellation.
    pub(super) fn wait_here(&self) {
        *lock(&self.waiting) = Some(thread::current());
    }

    /// Whether the work is to end where it waits.
    pub(super) fn is_to_unwind(&self) -> bool {
        self.is_abandoned() && !self.cleaning.load(Ordering::Relaxed)
    }

    /// Does something that may wait, whether or not anybody waits for the work.
    pub(super) fn clean_up(&self, clean_up: impl FnOnce()) {
        struct Reset<'a>(&'a AtomicBool, bool);

        impl Drop for Reset<'_> {
            fn drop(&mut self) {
                self.0.store(self.1, Ordering::Relaxed);
            }
        }

        let _reset = Reset(&self.cleaning, self.cleaning.swap(true, Ordering::Relaxed));
        clean_up();
    }

    /// Does the work of this call, which is `hop`, with all that its caller had around it.
    pub(super) fn surround<R>(hop: Arc<dyn Hop>, work: impl FnOnce() -> R) -> R {
        let call = Arc::clone(&hop);
        let call = call.call();
        call.count(Ledger::start);
        let _current = Current::set(hop);
        let _deadline = scope::enter(call.deadline);
        call.trace.run(call, work)
    }

    /// What ends with the work, before the caller hears of it: the place is free again.
    pub(super) fn end(&self, has_panicked: bool) {
        // The calls in there hold this one.
        self.nested.clear();
        self.count(|ledger| ledger.finish(has_panicked));
        self.leave();
    }

    /// Never begun: what it waited for or held is free again.
    pub(super) fn drop_queued(&self) {
        self.trace.forget();
        self.count(Ledger::drop_queued);
        self.leave();
    }

    fn leave(&self) {
        if let Some(place) = self.place() {
            place.leave(self);
        }
    }
}

/// Calls made from one place, as far as they may still be queued.
pub(super) struct Nested(Mutex<Vec<Arc<dyn Hop>>>);

impl Nested {
    fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    fn note(&self, hop: Arc<dyn Hop>) {
        let mut calls = lock(&self.0);
        if calls.len() == calls.capacity() {
            calls.retain(|hop| hop.is_queued());
        }
        calls.push(hop);
    }

    /// Those that are still queued.
    pub(super) fn queued(&self) -> Vec<Arc<dyn Hop>> {
        let mut calls = lock(&self.0);
        calls.retain(|hop| hop.is_queued());
        calls.clone()
    }

    fn clear(&self) {
        let calls = std::mem::take(&mut *lock(&self.0));
        drop(calls);
    }
}

/// Sync code that waits for async code and is the work of no call, until it is dropped.
pub(super) struct Alone {
    pub(super) nested: Arc<Nested>,
    outer: Option<Arc<Nested>>,
}

impl Alone {
    pub(super) fn begin() -> Self {
        let nested = Arc::new(Nested::new());
        let outer = ALONE.with(|alone| alone.replace(Some(Arc::clone(&nested))));
        Self { nested, outer }
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        let outer = self.outer.take();
        drop(ALONE.with(|alone| alone.replace(outer)));
    }
}

/// Makes a call the current one, until it is dropped.
struct Current(Option<Arc<dyn Hop>>);

impl Current {
    fn set(hop: Arc<dyn Hop>) -> Self {
        Self(CURRENT.with(|current| current.replace(Some(hop))))
    }
}

impl Drop for Current {
    fn drop(&mut self) {
        let outer = self.0.take();
        drop(CURRENT.with(|current| current.replace(outer)));
    }
}
