//! What is known of a call while it is under way, whatever its work.
//!
//! A [`Hop`] is a call with the type of its work out of sight; its [`Call`] is what the library asks
//! of it. The call whose work runs on a thread is that thread's [`current`] one: a call that is made
//! from there has it for its parent.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{Ordering, fence};
use std::sync::{Arc, OnceLock};
use std::task::Waker;
use std::thread::{self, Thread};
use std::time::Instant;

use tokio::runtime::Handle;

use super::queue::Pace;
use crate::dispatcher::{Gate, Place};
use crate::scope::{self, Deadline};
use crate::stats::Ledger;
use crate::sync::{AtomicBool, Mutex, lock, thread_local};
use crate::trace::Trace;

thread_local! {
    static CURRENT: RefCell<Option<Arc<dyn Hop>>> = const { RefCell::new(None) };
}

/// The call whose work this thread is doing.
pub(crate) fn current() -> Option<Arc<dyn Hop>> {
    CURRENT.with(|current| current.borrow().clone())
}

/// Asks something of the call whose work this thread is doing.
pub(super) fn ask_current<T>(ask: impl FnOnce(&Call) -> T) -> Option<T> {
    CURRENT.with(|current| current.borrow().as_ref().map(|hop| ask(hop.call())))
}

/// A call with the type of its work out of sight.
pub(crate) trait Hop: Send + Sync {
    /// What is known of it.
    fn call(&self) -> &Call;

    /// What is known of it, to who holds it alone.
    fn call_mut(&mut self) -> &mut Call;

    /// Says where it is queued from now on, and tells whether it still is: its caller may have gone
    /// before it came anywhere.
    fn come_to(&self, place: Place) -> bool;

    /// Does the work, unless it has begun or has been given up. Its thread may not have been woken
    /// for it.
    fn run(self: Arc<Self>, is_shared: bool) -> Option<Ran>;

    /// How long its like have taken.
    fn pace(&self) -> &'static Pace;

    /// Gives the work up, unless it has begun: it is lost to its caller.
    fn lose(&self);

    /// Whether its work is still to begin.
    fn is_queued(&self) -> bool;
}

/// Work that has been done. Its caller hears of it when this is dropped.
pub(crate) struct Ran {
    /// When it began and ended; unless what is around the work has panicked.
    pub(crate) times: Option<(Instant, Instant)>,
    /// There is none if the caller is gone.
    pub(super) waker: Option<Waker>,
}

impl Drop for Ran {
    fn drop(&mut self) {
        if let Some(waker) = self.waker.take() {
            contain(|| waker.wake());
        }
    }
}

/// Nobody waits for what this does: a panic in it, which its hook has told of, ends nothing else. The
/// thread may be the only one.
pub(super) fn contain(act: impl FnOnce()) {
    drop(catch_unwind(AssertUnwindSafe(act)));
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
    /// There is none if the call ended without one.
    within: OnceLock<Option<Box<Within>>>,
    trace: Trace,
}

/// What is known of the work of a call that waits for other calls: little does.
#[derive(Default)]
struct Within {
    /// The thread of the work, from when it first waits for something that a cancellation ends.
    waiting: Mutex<Option<Thread>>,
    /// Lets in, one after another, the calls that need the permit which this one holds. There is
    /// none if it ended and had lent that to nobody.
    lends: OnceLock<Option<Gate>>,
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
            within: OnceLock::new(),
            trace: Trace::of_caller(name),
        }
    }

    /// Where it runs. A dispatcher that hands it on to another has no say in it.
    pub(crate) fn place(&self) -> Option<&Place> {
        self.place.get()
    }

    pub(super) fn come_to(&self, place: Place) {
        let placed = self.place.set(place);
        debug_assert!(placed.is_ok(), "a task runs in one place");
    }

    pub(super) fn count(&self, what: impl FnOnce(&Ledger)) {
        if let Some(place) = self.place() {
            what(place.ledger());
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
        // Here or in `wait_here`, whichever comes second: one sees what the other has done.
        fence(Ordering::SeqCst);
        if let Some(Some(within)) = self.within.get() {
            lock(&within.waiting).as_ref().inspect(|thread| thread.unpark());
        }
    }

    /// From now on this thread is woken by a cancellation.
    pub(super) fn wait_here(&self) {
        if let Some(within) = self.within() {
            *lock(&within.waiting) = Some(thread::current());
        }
        fence(Ordering::SeqCst);
    }

    fn within(&self) -> Option<&Within> {
        self.within.get_or_init(|| Some(Box::default())).as_deref()
    }

    /// The gate for calls made from the work of this one that need the permit which it holds; unless
    /// it has ended.
    pub(crate) fn lends(&self) -> Option<&Gate> {
        self.within()?.lends.get_or_init(|| Some(Gate::of_one())).as_ref()
    }

    /// That gate, if there is one.
    pub(crate) fn has_lent(&self) -> Option<&Gate> {
        self.within.get()?.as_ref()?.lends.get()?.as_ref()
    }

    /// That gate, if there is one by now: there will be none later.
    pub(crate) fn lends_no_more(&self) -> Option<&Gate> {
        self.within.get_or_init(|| None).as_deref()?.lends.get_or_init(|| None).as_ref()
    }

    /// Does the work of this call, which is `hop`, with all that its caller had around it.
    pub(super) fn surround<R>(hop: Arc<dyn Hop>, is_shared: bool, work: impl FnOnce() -> R) -> R {
        let call = Arc::clone(&hop);
        let call = call.call();
        call.count(|ledger| ledger.start(is_shared));
        let _current = Current::set(hop);
        let _deadline = scope::enter(call.deadline);
        call.trace.run(call, work)
    }

    /// What ends with the work, before the caller hears of it: the place is free again.
    pub(super) fn end(&self, has_panicked: bool) {
        self.count(|ledger| ledger.finish(has_panicked));
        self.leave();
    }

    /// Never begun: what it waited for or held is free again.
    pub(super) fn drop_queued(&self) {
        self.trace.forget();
        self.leave();
    }

    fn leave(&self) {
        if let Some(place) = self.place() {
            place.leave(self);
        }
    }

    /// Lets go of its place first, which may hold a call around this one: that is held by the
    /// chain as well.
    fn unlink(&mut self) -> Option<Arc<dyn Hop>> {
        drop(self.place.take());
        self.parent.take()
    }
}

/// One after another: a chain of calls, each made from the work of the last, may be longer than a
/// stack.
impl Drop for Call {
    fn drop(&mut self) {
        let mut parent = self.unlink();
        while let Some(mut hop) = parent {
            parent = Arc::get_mut(&mut hop).and_then(|hop| hop.call_mut().unlink());
        }
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
