//! What each call has to itself on a thread that it shares.

use std::panic::resume_unwind;
use std::sync::{Arc, Barrier, mpsc};
use std::thread;

use futures::future::{join, join_all};
use lionpride_concurrency::{
    RunSync, RunSyncError, current_time, effective_deadline, fail_at, is_cancelled, run_async,
    run_sync, sleep,
};
use tokio::runtime::Handle;

use crate::support::{
    drain, has, hold_a_thread, in_time, is_gone, observed_call, on_each, paused,
    with_one_blocking_thread,
};

use super::{at_once, queue_up};

tokio::task_local! {
    static NUMBER: u32;
}

#[test]
fn a_panic_is_that_of_its_own_caller() {
    with_one_blocking_thread(|runtime| {
        let call = |number: u32| {
            run_sync(move || match number % 10 {
                0 => resume_unwind(Box::new(number)),
                _ => number,
            })
        };
        let held = hold_a_thread(runtime.handle());
        let calls = queue_up(runtime, (0..1_000).map(call));
        drop(held);
        let results = runtime.block_on(join_all(calls.into_iter().map(RunSync::into_result)));
        for (number, result) in (0..).zip(results) {
            match result {
                Ok(answer) => assert!(answer == number && number % 10 > 0),
                Err(RunSyncError::Panicked(payload)) => {
                    assert_eq!(payload.downcast_ref(), Some(&number));
                    assert_eq!(number % 10, 0);
                }
                Err(other) => panic!("{other}"),
            }
        }
    });
}

#[test]
fn a_call_dropped_behind_others_never_runs_and_frees_its_captures_at_once() {
    with_one_blocking_thread(|runtime| {
        let held = hold_a_thread(runtime.handle());
        let mut seen = Vec::new();
        let calls = (0..100).map(|_| {
            let (call, has_run, alive) = observed_call();
            seen.push((has_run, alive));
            call
        });
        let mut kept = Vec::new();
        let mut calls = queue_up(runtime, calls).into_iter();
        while let (Some(dropped), Some(call)) = (calls.next(), calls.next()) {
            kept.push(call);
            drop(dropped);
        }
        for (number, (_, alive)) in seen.iter().enumerate() {
            assert_eq!(is_gone(alive), number % 2 == 0);
        }
        drop(held);
        runtime.block_on(join_all(kept));
        drain(runtime.handle());
        for (number, (has_run, _)) in seen.iter().enumerate() {
            assert_eq!(has(has_run), number % 2 == 1);
        }
    });
}

#[test]
fn each_call_is_in_its_runtime() {
    with_one_blocking_thread(|runtime| {
        let tasks = at_once(
            runtime,
            (0..1_000).map(|number| {
                run_sync(move || (Handle::current().id(), tokio::spawn(async move { number })))
            }),
        );
        for (number, (id, task)) in (0..).zip(tasks) {
            assert_eq!(id, runtime.handle().id());
            assert_eq!(runtime.block_on(task).unwrap(), number);
        }
    });
}

#[test]
fn a_call_is_cancelled_by_its_own_caller_alone() {
    with_one_blocking_thread(|runtime| {
        let held = hold_a_thread(runtime.handle());
        let barrier = Arc::new(Barrier::new(2));
        let (tell, told) = mpsc::channel();
        let before = queue_up(runtime, [run_sync(is_cancelled)]);
        let its_barrier = Arc::clone(&barrier);
        let abandoned = queue_up(
            runtime,
            [run_sync(move || {
                its_barrier.wait();
                its_barrier.wait();
                tell.send((thread::current().id(), is_cancelled())).unwrap();
            })],
        );
        let after = || run_sync(|| (thread::current().id(), is_cancelled()));
        let after = queue_up(runtime, [after(), after(), after()]);
        drop(held);
        barrier.wait();
        drop(abandoned);
        barrier.wait();
        let (thread, was_cancelled) = told.recv().unwrap();
        assert!(was_cancelled);
        assert_eq!(runtime.block_on(join_all(before)), [false]);
        assert_eq!(runtime.block_on(join_all(after)), [(thread, false); 3]);
        // The pool's own work is nobody's call.
        let bare = runtime.spawn_blocking(|| (thread::current().id(), is_cancelled()));
        assert_eq!(runtime.block_on(bare).unwrap(), (thread, false));
    });
}

#[test]
fn nothing_of_a_call_is_left_for_the_next() {
    with_one_blocking_thread(|runtime| {
        let look = || (NUMBER.try_get().ok(), effective_deadline());
        let start = current_time();
        let call = |number: u32| {
            let call = async move {
                let deadline = start + 1_000.0 + f64::from(number);
                let kind = number % 3;
                let (local, its_deadline) = match kind {
                    0 => run_sync(look).with_local(&NUMBER).await,
                    1 => fail_at(deadline, run_sync(look)).await.unwrap(),
                    _ => run_sync(look).await,
                };
                assert_eq!(local, (kind == 0).then_some(number));
                assert_eq!(its_deadline.is_some(), kind == 1);
                assert!(its_deadline.is_none_or(|seen| (seen - deadline).abs() < 0.1));
            };
            Box::pin(NUMBER.scope(number, call))
        };
        at_once(runtime, (0..300).map(call));
        let bare = runtime.spawn_blocking(look);
        assert_eq!(runtime.block_on(bare).unwrap(), (None, None));
    });
}

#[test]
fn short_calls_may_wait_for_calls_on_a_full_pool() {
    in_time(|| {
        with_one_blocking_thread(|runtime| {
            for calls in [1, 10] {
                let nested = (0..calls)
                    .map(|number| run_sync(move || run_async(run_sync(move || number)) + 1));
                let answers = runtime.block_on(join_all(nested));
                assert!(answers.into_iter().eq(1..=calls));
            }
        });
    });
}

#[test]
fn short_calls_do_not_stop_a_paused_clock_for_longer_than_they_run() {
    in_time(|| {
        let runtime = paused();
        runtime.block_on(async {
            let start = current_time();
            let burst = join_all((0..1_000).map(|number| run_sync(move || number)));
            let (numbers, ()) = join(burst, sleep(1)).await;
            assert!(numbers.into_iter().eq(0..1_000));
            assert!(current_time() - start > 0.9);
            // It goes on by itself: nobody has this long.
            sleep(3_600).await;
            let passed = current_time() - start;
            assert!(passed > 3_600.9, "{passed}");
        });
    });
}

#[test]
fn a_shared_call_may_make_more_calls() {
    on_each(|runtime| {
        let left = Arc::new(());
        let calls = (0..100).map(|_| {
            let left = Arc::clone(&left);
            run_sync(move || drop(tokio::spawn(async move { run_sync(move || drop(left)).await })))
        });
        runtime.block_on(async {
            join_all(calls).await;
            while Arc::strong_count(&left) > 1 {
                tokio::task::yield_now().await;
            }
        });
    });
}
