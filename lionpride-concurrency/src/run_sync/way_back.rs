//! The way back: async code, waited for by sync code.

use std::future::{Future, poll_fn};
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::Arc;
use std::thread;

use tokio::runtime::{Builder, Handle, RuntimeFlavor};
use tokio::task::block_in_place;

use super::call::{self, Hop};
use super::waiting::Waiting;
use crate::scope;
use crate::trace::Trace;

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
/// return, but unwinds with the payload [`Cancelled`](crate::Cancelled), past the panic hook. Nobody waits for what
/// it would have returned. In a [shielded](crate::RunSync::shielded) call it does return; and where
/// panics abort, it does as well, later.
///
/// A call that `future` waits for never waits for ever behind the work that waits for it: where no
/// thread of a full pool is to be had, there is one beside the pool. That holds for the calls that
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
            Waiting::new(Some(hop)).wait_for(future)
        }
        (None, Ok(runtime)) if !is_current_thread(&runtime) => {
            block_in_place(|| Waiting::new(None).wait_for(future))
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
