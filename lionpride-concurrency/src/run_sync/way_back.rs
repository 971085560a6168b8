//! The way back: async code, waited for by sync code.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::panic::resume_unwind;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use tokio::runtime::{Builder, Handle, RuntimeFlavor};
use tokio::task::block_in_place;
use tokio::task::coop::unconstrained;

use super::Cancelled;
use super::call::{self, Alone, Hop, Nested};
use crate::scope;
use crate::trace::Trace;

/// How long a call may be without a thread when the work it was made from waits for it. The pool
/// may be full of work that waits like that: after this time the call gets a thread beside the pool.
const PATIENCE: Duration = Duration::from_millis(2);

/// How long at most the work waits until it looks again, where there was nothing to be done.
const LONGEST_PATIENCE: Duration = Duration::from_millis(50);

/// Runs async code and waits for it, from any sync code.
///
/// | called | `future` runs |
/// |---|---|
/// | in the work of a blocking call | on this thread, with the caller's runtime, or the multi-thread one that the work is in |
/// | on a worker of a multi-thread runtime, or a thread that has entered one | on this thread, after the worker's other tasks were handed on |
/// | on the thread of a current-thread runtime, or on one that has entered it | on a thread and a runtime of its own |
/// | without a runtime | on a thread and a runtime of its own |
///
/// Where it has a runtime of its own, what `future` spawns ends with it, and what belongs to another
/// runtime, such as an open socket, may never become ready: that runtime waits for this call. A
/// cancellation does not reach it there.
///
/// The deadline of the scopes around the caller holds inside, and so does a cancellation: when the
/// caller of a blocking call goes away, the `future` that its work waits for is dropped, and with it
/// the calls that `future` waits for, and so on. The work then ends there: this function does not
/// return, but unwinds with the payload [`Cancelled`], past the panic hook. Nobody waits for what
/// it would have returned. In a [shielded](crate::RunSync::shielded) call it does return; and where
/// panics abort, it does as well, later.
///
/// A call that `future` waits for never waits for ever behind the work that waits for it: where no
/// thread of a full pool is to be had, it gets one of its own. That holds for the calls that
/// `future` itself polls; those of a task, a spawned or a [shielded](crate::shield) one, wait their
/// turn, and behind work that waits for that task they may do so for ever.
///
/// # Panics
///
/// If `future` panics, with its payload. If there is no thread to be had where one is needed. In a
/// `LocalSet` on a multi-thread runtime, which has nobody to hand its other tasks on to.
///
/// # Paused time
///
/// A paused clock stands still while this function waits in the work of a blocking call, as it does
/// beside any blocking call: what waits for a timer there waits for ever, unless
/// `tokio::time::advance` moves the clock.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use lionpride_concurrency::{run_async, run_sync, sleep};
///
/// async fn fetch(id: u32) -> u32 {
///     sleep(0.01).await;
///     id * 2
/// }
///
/// // Deep in blocking code, say in the callback of a library:
/// let total = run_sync(|| (0..3).map(|id| run_async(fetch(id))).sum::<u32>());
/// assert_eq!(total.await, 6);
/// # }
/// ```
pub fn run_async<F>(future: F) -> F::Output
where
    F: Future<Output: Send> + Send,
{
    match (call::current(), Handle::try_current()) {
        (Some(hop), Ok(runtime)) if goes_on_without(&hop, &runtime) => {
            Waiting::of_call(hop).wait_for(future)
        }
        (None, Ok(runtime)) if !is_current_thread(&runtime) => {
            block_in_place(|| Waiting::alone().wait_for(future))
        }
        _ => on_a_thread_of_its_own(future),
    }
}

fn is_current_thread(runtime: &Handle) -> bool {
    runtime.runtime_flavor() == RuntimeFlavor::CurrentThread
}

/// Whether the runtime that the work of a call is in goes on while this thread waits. The work may
/// be in one of its own making, and that may have no other thread.
fn goes_on_without(hop: &Arc<dyn Hop>, runtime: &Handle) -> bool {
    hop.call().runtime.id() == runtime.id() || !is_current_thread(runtime)
}

fn on_a_thread_of_its_own<F>(future: F) -> F::Output
where
    F: Future<Output: Send> + Send,
{
    let (deadline, trace) = (scope::deadline(), Trace::around());
    let run = || {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.unwrap_or_else(|error| no_thread(&error));
        let mut future = pin!(future);
        // Poll by poll: the tasks that it spawns run on this thread, too, and are not under it.
        let under_deadline = poll_fn(|cx| {
            let _deadline = scope::enter(deadline);
            future.as_mut().poll(cx)
        });
        trace.inside(|| runtime.block_on(under_deadline))
    };
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("run_async".to_owned()).spawn_scoped(scope, run);
        let thread = thread.unwrap_or_else(|error| no_thread(&error));
        thread.join().unwrap_or_else(|payload| resume_unwind(payload))
    })
}

fn no_thread(error: &std::io::Error) -> ! {
    panic!("`run_async` needs a thread and a runtime of its own here, and gets none: {error}")
}

/// Sync code, as it waits for async code.
struct Waiting {
    by: Waiter,
    bell: Arc<Bell>,
    patience: Cell<Duration>,
}

enum Waiter {
    /// The work of this call.
    Call(Arc<dyn Hop>),
    /// Any other code.
    Alone(Alone),
}

impl Waiting {
    fn of_call(hop: Arc<dyn Hop>) -> Self {
        hop.call().wait_here();
        Self::by(Waiter::Call(hop))
    }

    fn alone() -> Self {
        Self::by(Waiter::Alone(Alone::begin()))
    }

    fn by(by: Waiter) -> Self {
        let bell = Bell { thread: thread::current(), rung: AtomicBool::new(false) };
        Self { by, bell: Arc::new(bell), patience: Cell::new(PATIENCE) }
    }

    fn wait_for<F: Future>(&self, future: F) -> F::Output {
        // The budget of a task, if there is one here, is for what does not block.
        let mut future = pin!(Some(unconstrained(future)));
        let waker = Waker::from(Arc::clone(&self.bell));
        let output = {
            let mut future = future.as_mut().as_pin_mut().expect("it is dropped below");
            self.poll_until_ready(future.as_mut(), &mut Context::from_waker(&waker))
        };
        output.unwrap_or_else(|cancelled| {
            // Dropped before the unwinding goes on, so that what it waits for is cancelled first.
            self.clean_up(|| future.set(None));
            resume_unwind(Box::new(cancelled))
        })
    }

    fn clean_up(&self, clean_up: impl FnOnce()) {
        match &self.by {
            Waiter::Call(hop) => hop.call().clean_up(clean_up),
            Waiter::Alone(_) => clean_up(),
        }
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

    /// Whether nobody waits for this work. Work that is unwinding already waits for what it cleans up.
    fn is_to_unwind(&self) -> bool {
        let is_to_unwind = match &self.by {
            Waiter::Call(hop) => hop.call().is_to_unwind(),
            Waiter::Alone(_) => false,
        };
        cfg!(panic = "unwind") && is_to_unwind && !thread::panicking()
    }

    fn nested(&self) -> &Nested {
        match &self.by {
            Waiter::Call(hop) => &hop.call().nested,
            Waiter::Alone(alone) => &alone.nested,
        }
    }

    /// Waits for the bell, and sees to it that it can ring.
    fn park(&self) {
        let queued = self.nested().queued();
        if queued.is_empty() {
            return thread::park();
        }
        let (mine, others): (Vec<_>, Vec<_>) = queued.into_iter().partition(is_this_thread);
        if !mine.is_empty() {
            return mine.into_iter().for_each(run);
        }
        thread::park_timeout(self.patience.get());
        if self.bell.is_ringing() {
            return;
        }
        let stuck: Vec<_> =
            others.iter().filter(|hop| hop.is_queued()).filter_map(to_rescue).collect();
        if stuck.is_empty() {
            // They wait for a permit that is at work.
            self.patience.set((self.patience.get() * 2).min(LONGEST_PATIENCE));
        }
        stuck.into_iter().for_each(rescue);
    }
}

fn is_this_thread(hop: &Arc<dyn Hop>) -> bool {
    hop.call().place().is_some_and(crate::dispatcher::Place::is_this_thread)
}

fn to_rescue(hop: &Arc<dyn Hop>) -> Option<Arc<dyn Hop>> {
    hop.call().place()?.to_rescue(hop)
}

/// Does the work on a thread beside the pool; on this one if there is no other.
fn rescue(hop: Arc<dyn Hop>) {
    let elsewhere = Arc::clone(&hop);
    if thread::Builder::new().name("rescue".to_owned()).spawn(|| run(elsewhere)).is_err() {
        run(hop);
    }
}

fn run(hop: Arc<dyn Hop>) {
    let call = Arc::clone(&hop);
    let _runtime = call.call().runtime.enter();
    hop.run();
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
