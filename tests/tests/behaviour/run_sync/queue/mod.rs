//! The queue: calls that share the threads of the pool, and calls that have one of their own.

mod blocked;
mod own;
mod runtimes;
mod sharing;

use std::task::Waker;
use std::thread;
use std::time::Duration;

use futures::future::join_all;
use lionpride_concurrency::{Job, Limiter, RunSync, run_sync};
use tokio::runtime::{Builder, Runtime};

use crate::support::{flavours, hold_a_thread, poll};

/// Polls all calls for the first time, in this order.
fn queue_up<C: Future + Unpin>(runtime: &Runtime, calls: impl IntoIterator<Item = C>) -> Vec<C> {
    let _context = runtime.enter();
    let first_poll = |mut call| {
        assert!(poll(&mut call, Waker::noop()).is_pending());
        call
    };
    calls.into_iter().map(first_poll).collect()
}

/// Lets all calls wait for the one thread of a pool, then lets them go.
fn at_once<C: Future + Unpin>(
    runtime: &Runtime,
    calls: impl IntoIterator<Item = C>,
) -> Vec<C::Output> {
    let held = hold_a_thread(runtime.handle());
    let calls = queue_up(runtime, calls);
    drop(held);
    runtime.block_on(join_all(calls))
}

/// Makes calls until their call site is known for how long it takes.
fn get_to_know<J: Job>(call: impl Fn() -> RunSync<J>) {
    let runtime = Builder::new_current_thread().build().unwrap();
    for _ in 0..10 {
        runtime.block_on(join_all((0..10).map(|_| call())));
    }
}

/// A call that is long, or whose like are.
fn nap(length: Duration) -> RunSync<impl Job<Output = ()>> {
    run_sync(move || thread::sleep(length))
}

const LONG: Duration = Duration::from_millis(2);

/// A limiter that keeps nobody waiting: its statistics are those of the calls of one test.
fn no_limit() -> Limiter {
    Limiter::new("no limit", 1_000_000)
}

/// Whether it is so in one of a few attempts. How long work takes is seldom up to a test alone: the
/// machine has other things to do, and call sites may be taken for each other.
fn in_some_attempt(attempt: impl FnMut(usize) -> bool) -> bool {
    (0..20).any(attempt)
}

/// Runs the test on runtimes of both flavours, with so many blocking threads.
fn with_blocking_threads(threads: usize, test: impl Fn(&Runtime)) {
    for mut builder in flavours() {
        test(&builder.max_blocking_threads(threads).build().unwrap());
    }
}
