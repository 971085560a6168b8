//! Many calls.

use std::sync::{Arc, Barrier, Mutex};
use std::task::Waker;
use std::thread::{self};

use futures::executor::block_on;
use futures::future::join_all;
use lionpride_concurrency::run_sync;
use tokio::runtime::{Builder, Handle};

use crate::support::{
    flavours, is_gone, on_both, on_each, panic_of, poll, with_one_blocking_thread,
};

use super::{has, observed_call};

#[test]
fn calls_on_one_thread_run_in_the_order_of_their_first_polls() {
    with_one_blocking_thread(|runtime| {
        let order = Arc::new(Mutex::new(Vec::new()));
        let calls = (0..1_000).map(|number| {
            let order = Arc::clone(&order);
            run_sync(move || {
                order.lock().unwrap().push(number);
                number
            })
        });
        let numbers = runtime.block_on(join_all(calls));
        assert!(numbers.into_iter().eq(0..1_000));
        assert!(order.lock().unwrap().iter().copied().eq(0..1_000));
    });
}

#[test]
fn calls_run_side_by_side_on_as_many_threads_as_there_are() {
    on_both(async || {
        let barrier = Arc::new(Barrier::new(8));
        let calls = (0..8).map(|_| {
            let barrier = Arc::clone(&barrier);
            run_sync(move || barrier.wait().is_leader())
        });
        let leaders = join_all(calls).await.into_iter().filter(|leads| *leads);
        assert_eq!(leaders.count(), 1);
    });
}

#[test]
fn a_job_may_wait_for_a_call_on_another_thread() {
    for mut builder in flavours() {
        let runtime = builder.max_blocking_threads(2).build().unwrap();
        let outer = run_sync(|| {
            let inner = Handle::current().block_on(run_sync(|| thread::current().id()));
            (thread::current().id(), inner)
        });
        let (outer, inner) = runtime.block_on(outer);
        assert_ne!(outer, inner);
    }
}

#[test]
fn a_call_may_be_waited_for_on_another_runtime() {
    on_each(|runtime| {
        let mut call = run_sync(|| 42);
        let context = runtime.enter();
        assert!(poll(&mut call, Waker::noop()).is_pending());
        drop(context);
        assert_eq!(Builder::new_current_thread().build().unwrap().block_on(call), 42);
    });
}

#[test]
fn a_call_may_be_waited_for_outside_a_runtime() {
    on_each(|runtime| {
        let (mut call, mut for_result) = (run_sync(|| 42), run_sync(|| 42).into_result());
        let context = runtime.enter();
        assert!(poll(&mut call, Waker::noop()).is_pending());
        assert!(poll(&mut for_result, Waker::noop()).is_pending());
        drop(context);
        assert_eq!(block_on(call), 42);
        assert_eq!(block_on(for_result).unwrap(), 42);
    });
}

#[test]
fn a_first_poll_outside_a_runtime_panics_with_what_to_do() {
    let (call, has_run, alive) = observed_call();
    let message = panic_of(|| block_on(call)).message;
    assert!(message.contains("tokio runtime"), "{message}");
    assert!(message.contains("#[tokio::main]") && message.contains("run_inline"), "{message}");
    assert!(!has(&has_run) && is_gone(&alive));

    let message = panic_of(|| block_on(run_sync(|| ()).into_result())).message;
    assert!(message.contains("tokio runtime"), "{message}");
}
