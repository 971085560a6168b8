//! Dropped later.

use std::sync::{Arc, mpsc};
use std::task::Waker;
use std::thread::{self, ThreadId};

use lionpride_concurrency::{Dedicated, Job, Limiter, RunSync, RunSyncError, run_sync};
use tokio::runtime::Builder;

use crate::support::{Bell, in_time, on_drop, on_each, poll, with_one_blocking_thread};

/// A call that is running: it goes on once `release` is dropped, and its result tells on which
/// thread it was dropped.
struct Running<J: Job> {
    call: RunSync<J>,
    worker: ThreadId,
    release: mpsc::Sender<()>,
    result_dropped_on: mpsc::Receiver<ThreadId>,
}

fn running(waker: &Waker) -> Running<impl Job> {
    let (started, has_started) = mpsc::channel();
    let (release, released) = mpsc::channel();
    let (dropped, result_dropped_on) = mpsc::channel();
    let mut call = run_sync(move || {
        started.send(thread::current().id()).unwrap();
        let _ = released.recv();
        on_drop(move || dropped.send(thread::current().id()).unwrap())
    });
    assert!(poll(&mut call, waker).is_pending());
    Running { call, worker: has_started.recv().unwrap(), release, result_dropped_on }
}

#[test]
fn a_call_dropped_while_it_runs_runs_to_its_end_and_drops_its_result_there() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let (bell, waker) = Bell::new();
        let running = running(&waker);
        drop(running.call);
        assert_eq!(Arc::strong_count(&bell), 2, "nobody waits any longer");
        drop(running.release);
        assert_eq!(running.result_dropped_on.recv(), Ok(running.worker));
        assert_eq!(bell.count(), 0);
    });
}

#[test]
fn a_call_dropped_when_it_is_done_drops_its_result_with_it() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let (bell, waker) = Bell::new();
        let running = running(&waker);
        drop(running.release);
        bell.wait_for(1);
        assert!(running.result_dropped_on.try_recv().is_err());
        drop(running.call);
        assert_eq!(running.result_dropped_on.try_recv(), Ok(thread::current().id()));
    });
}

/// Drops a call while it runs, lets it end as `end` does, and shows that the thread still serves.
fn drop_while_running<R: Send + 'static>(end: fn() -> R) {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let (started, has_started) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let mut call = run_sync(move || {
            started.send(()).unwrap();
            let _ = released.recv();
            end()
        });
        assert!(poll(&mut call, Waker::noop()).is_pending());
        has_started.recv().unwrap();
        drop(call);
        drop(release);
        assert_eq!(runtime.block_on(run_sync(|| 42)), 42);
    });
}

#[test]
fn a_panic_of_a_call_that_nobody_waits_for_goes_nowhere() {
    drop_while_running::<()>(|| panic!("nobody hears this"));
}

#[test]
fn a_result_that_panics_when_it_is_dropped_harms_nobody_else() {
    drop_while_running(|| on_drop(|| panic!("not even to be dropped")));
}

/// Nobody is there to panic for it: it must not take its thread along.
#[test]
fn a_result_that_panics_when_it_is_dropped_leaves_its_thread_alone() {
    let dedicated = Dedicated::new("sturdy", || ());
    on_each(|runtime| {
        let _context = runtime.enter();
        let (started, has_started) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let mut call = run_sync(move || {
            started.send(()).unwrap();
            let _ = released.recv();
            on_drop(|| panic!("not even to be dropped"))
        })
        .on(&dedicated);
        assert!(poll(&mut call, Waker::noop()).is_pending());
        has_started.recv().unwrap();
        drop(call);
        drop(release);
        assert_eq!(runtime.block_on(dedicated.call(|()| 42)), 42);
        let stats = dedicated.stats();
        assert_eq!((stats.queued, stats.running, stats.abandoned), (0, 0, 0));
    });
}

/// Its stack is larger than any memory.
#[test]
fn who_waits_is_lost_where_there_is_no_thread_to_be_had() {
    in_time(|| {
        let mut builder = Builder::new_current_thread();
        let runtime = builder.thread_stack_size(1 << 60).build().unwrap();
        let sane = Builder::new_current_thread().build().unwrap();
        let limiter = Limiter::new("threadless", 1);
        let (release, released) = mpsc::channel::<()>();
        let mut first = run_sync(move || released.recv().unwrap_err()).on(&limiter);
        let context = sane.enter();
        assert!(poll(&mut first, Waker::noop()).is_pending());
        drop(context);
        let context = runtime.enter();
        let mut calls = [(); 4].map(|()| run_sync(|| ()).on(&limiter).into_result());
        for call in &mut calls {
            assert!(poll(call, Waker::noop()).is_pending());
        }
        drop(context);
        drop(release);
        sane.block_on(async {
            let _ = first.await;
            for call in calls {
                assert!(matches!(call.await, Err(RunSyncError::Shutdown)));
            }
            assert_eq!((limiter.in_use(), limiter.waiting()), (0, 0));
            run_sync(|| ()).on(&limiter).await;
        });
    });
}
