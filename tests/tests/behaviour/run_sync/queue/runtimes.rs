//! Several runtimes, and runtimes that end.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use futures::executor::block_on;
use futures::future::join_all;
use lionpride_concurrency::{RunSync, RunSyncError, run_sync};
use tokio::runtime::{Builder, Handle};

use crate::support::{
    SHUTDOWNS, flavours, has, hold_a_thread, in_time, on_each, owning_one_blocking_thread, until,
};

use super::queue_up;

#[test]
fn calls_run_on_the_threads_of_their_own_runtime() {
    for mut builder in flavours() {
        let one = builder.thread_name("one").build().unwrap();
        let other = builder.thread_name("other").build().unwrap();
        let here =
            || run_sync(|| (Handle::current().id(), thread::current().name().map(str::to_owned)));
        let mut calls = Vec::new();
        for _ in 0..1_000 {
            calls.extend(queue_up(&one, [here()]));
            calls.extend(queue_up(&other, [here()]));
        }
        let places = block_on(join_all(calls));
        for pair in places.chunks(2) {
            assert_eq!(pair[0], (one.handle().id(), Some("one".to_owned())));
            assert_eq!(pair[1], (other.handle().id(), Some("other".to_owned())));
        }
    }
}

#[test]
fn a_blocked_runtime_does_not_hold_up_another() {
    in_time(|| {
        owning_one_blocking_thread(|blocked| {
            let held = hold_a_thread(blocked.handle());
            let waiting = queue_up(&blocked, (0..1_000).map(|_| run_sync(|| ())));
            on_each(|runtime| {
                runtime.block_on(join_all((0..1_000).map(|_| run_sync(|| ()))));
            });
            drop(held);
            blocked.block_on(join_all(waiting));
        });
    });
}

#[test]
fn calls_queued_when_their_runtime_ends_are_done_or_lost() {
    in_time(|| {
        for shutdown in SHUTDOWNS {
            owning_one_blocking_thread(|runtime| {
                let (capture, done) = (Arc::new(()), Arc::new(AtomicUsize::new(0)));
                let call = |_| {
                    let (capture, done) = (Arc::clone(&capture), Arc::clone(&done));
                    run_sync(move || {
                        done.fetch_add(1, Ordering::SeqCst);
                        drop(capture);
                    })
                };
                let held = hold_a_thread(runtime.handle());
                let calls = queue_up(&runtime, (0..10_000).map(call));
                shutdown(runtime);
                drop(held);
                let results = block_on(join_all(calls.into_iter().map(RunSync::into_result)));
                let is_lost = |result: &_| matches!(result, Err(RunSyncError::Shutdown));
                assert!(results.iter().all(|result| result.is_ok() || is_lost(result)));
                let finished = results.iter().filter(|result| result.is_ok()).count();
                assert_eq!(done.load(Ordering::SeqCst), finished);
                until(|| Arc::strong_count(&capture) == 1);
            });
        }
    });
}

#[test]
fn a_runtime_that_ends_waits_for_the_call_that_runs() {
    in_time(|| {
        owning_one_blocking_thread(|runtime| {
            let (started, has_started) = mpsc::channel();
            let (release, released) = mpsc::channel::<()>();
            let has_ended = Arc::new(AtomicBool::new(false));
            let flag = Arc::clone(&has_ended);
            let running = queue_up(
                &runtime,
                [run_sync(move || {
                    started.send(()).unwrap();
                    let _ = released.recv();
                    flag.store(true, Ordering::SeqCst);
                })],
            );
            let queued = queue_up(&runtime, (0..10_000).map(|_| run_sync(|| ())));
            has_started.recv().unwrap();
            let dropping = thread::spawn(move || {
                drop(runtime);
                has(&has_ended)
            });
            drop(release);
            assert!(dropping.join().unwrap());
            block_on(join_all(running));
            let queued = block_on(join_all(queued.into_iter().map(RunSync::into_result)));
            let is_over = |result| matches!(result, Ok(()) | Err(RunSyncError::Shutdown));
            assert!(queued.into_iter().all(is_over));
        });
    });
}

#[test]
fn many_runtimes_one_after_another_all_work() {
    in_time(|| {
        for number in 0..300 {
            let mut builder = Builder::new_multi_thread();
            if number % 3 > 0 {
                builder = Builder::new_current_thread();
            }
            let runtime = builder.worker_threads(1).build().unwrap();
            let numbers =
                runtime.block_on(join_all((0..20).map(|more| run_sync(move || number + more))));
            assert!(numbers.into_iter().eq(number..number + 20));
            // Every other one ends with calls in its queue.
            let left = queue_up(&runtime, (0..number % 2 * 20).map(|_| run_sync(|| ())));
            SHUTDOWNS[number / 2 % 2](runtime);
            let left = block_on(join_all(left.into_iter().map(RunSync::into_result)));
            let is_over = |result| matches!(result, Ok(()) | Err(RunSyncError::Shutdown));
            assert!(left.into_iter().all(is_over));
        }
    });
}
