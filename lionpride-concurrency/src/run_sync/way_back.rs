//! The way back: async code, waited for by sync code.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::resume_unwind;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use tokio::runtime::{Builder, Handle, RuntimeFlavor};
use tokio::task::block_in_place;

use super::Cancelled;
use super::call::{self, Call, Hop};
use crate::scope;
use crate::trace::Trace;

/// How long a call may be without a thread when the work it was made from waits for it. The pool
/// may be full of work that waits like that: after this time there is a thread beside the pool.
const PATIENCE: Duration = Duration::from_millis(2);

/// How long at most the work waits until it looks again, where there was nothing to be done.
const LONGEST_PATIENCE: Duration = Duration::from_millis(50);

/// Runs async code and waits for it, from any sync code.
///
/// | called | `future` runs |
/// |---|---|
/// | in the work of a blocking call | on this thread, with the caller's runtime |
/// | on a worker of a multi-thread runtime, or a thread that has entered one | on this thread, after the worker's other tasks were handed on |
/// | on the thread of a current-thread runtime, or on one that has entered it | on a thread and a runtime of its own |
/// | without a runtime | on a thread and a runtime of its own |
///
/// Where it has a runtime of its own, what `future` spawns ends with it, and what belongs to another
/// runtime, such as an open socket, may never become ready: that runtime waits for this call.
///
/// The deadline of the scopes around the caller holds inside, and so does a cancellation: when the
/// caller of a blocking call goes away, the `future` that its work waits for is dropped, and with it
/// the calls that `future` waits for, and so on. The work then ends there: this function does not
/// return, but unwinds with the payload [`Cancelled`], past the panic hook. Nobody waits for what
/// it would have returned. In a [shielded](crate::RunSync::shielded) call it does return; and where
/// panics abort, it does as well, later.
///
/// A call that `future` waits for never waits for ever behind the work that waits for it: where no
/// thread of a full pool is to be had, there is one beside the pool, which does such calls one after
/// another.
///
/// # Panics
///
/// If `future` panics, with its payload. If there is no thread to be had where one is needed.
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
    if let Some(hop) = call::current() {
        return Waiting::new(hop).wait_for(future);
    }
    match Handle::try_current() {
        Ok(runtime) if runtime.runtime_flavor() != RuntimeFlavor::CurrentThread => {
            block_in_place(|| runtime.block_on(future))
        }
        _ => on_a_thread_of_its_own(future),
    }
}

fn on_a_thread_of_its_own<F>(future: F) -> F::Output
where
    F: Future<Output: Send> + Send,
{
    let (deadline, trace) = (scope::deadline(), Trace::around());
    let run = || {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.unwrap_or_else(|error| no_thread(&error));
        let _deadline = scope::enter(deadline);
        trace.inside(|| runtime.block_on(future))
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

/// The work of a call, as it waits for async code.
struct Waiting {
    hop: Arc<dyn Hop>,
    bell: Arc<Bell>,
    patience: Cell<Duration>,
    /// The thread beside the pool, as long as it is at work: one is enough to get on.
    helper: RefCell<Weak<()>>,
}

impl Waiting {
    fn new(hop: Arc<dyn Hop>) -> Self {
        hop.call().wait_here();
        let bell = Bell { thread: thread::current(), rung: AtomicBool::new(false) };
        Self {
            hop,
            bell: Arc::new(bell),
            patience: Cell::new(PATIENCE),
            helper: RefCell::default(),
        }
    }

    fn wait_for<F: Future>(&self, future: F) -> F::Output {
        // Dropped before the unwinding goes on, so that what it waits for is cancelled first.
        let output = {
            let mut future = pin!(future);
            let waker = Waker::from(Arc::clone(&self.bell));
            self.poll_until_ready(future.as_mut(), &mut Context::from_waker(&waker))
        };
        output.unwrap_or_else(|cancelled| resume_unwind(Box::new(cancelled)))
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
            while !self.bell.has_rung() {
                if self.is_to_unwind() {
                    return Err(Cancelled);
                }
                self.park();
            }
        }
    }

    /// Whether nobody waits for this work. Work that is unwinding already waits for what it cleans up.
    fn is_to_unwind(&self) -> bool {
        cfg!(panic = "unwind") && self.call().is_abandoned() && !thread::panicking()
    }

    fn call(&self) -> &Call {
        self.hop.call()
    }

    /// Waits for the bell, and sees to it that it can ring.
    fn park(&self) {
        let queued = self.call().queued_within();
        if queued.is_empty() {
            return thread::park();
        }
        let (mine, others): (Vec<_>, Vec<_>) = queued.into_iter().partition(is_this_thread);
        if !mine.is_empty() {
            return mine.into_iter().for_each(run);
        }
        thread::park_timeout(self.patience.get());
        if self.bell.is_ringing() || self.helper.borrow().strong_count() > 0 {
            return;
        }
        let stuck: Vec<_> =
            others.iter().filter(|hop| hop.is_queued()).filter_map(to_rescue).collect();
        if stuck.is_empty() {
            // They wait for a permit that is at work.
            self.patience.set((self.patience.get() * 2).min(LONGEST_PATIENCE));
            return;
        }
        self.helper.replace(rescue(stuck));
    }
}

fn is_this_thread(hop: &Arc<dyn Hop>) -> bool {
    hop.call().place().is_some_and(crate::dispatcher::Place::is_this_thread)
}

fn to_rescue(hop: &Arc<dyn Hop>) -> Option<Arc<dyn Hop>> {
    hop.call().place()?.to_rescue(hop)
}

/// Does what is still to be done, one after another, on a thread beside the pool; on this one if
/// there is no other. What is given is there as long as that goes on.
fn rescue(stuck: Vec<Arc<dyn Hop>>) -> Weak<()> {
    let at_work = Arc::new(());
    let is_at_work = Arc::downgrade(&at_work);
    let elsewhere = stuck.clone();
    let help = move || {
        elsewhere.into_iter().for_each(run);
        drop(at_work);
    };
    if thread::Builder::new().name("rescue".to_owned()).spawn(help).is_err() {
        stuck.into_iter().for_each(run);
    }
    is_at_work
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
