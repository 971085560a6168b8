//! Shutdown.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Poll, Waker};
use std::thread::{self};
use std::time::Duration;

use futures::executor::block_on;
use lionpride_concurrency::{IntoResult, Job, RunSyncError, run_async, run_sync};
use tokio::runtime::{Builder, Handle, Runtime};

use crate::support::{
    Bell, SHUTDOWNS, drain, flavours, hold_a_thread, in_time, is_gone, on_drop, on_each,
    owning_one_blocking_thread, panic_of, payload_of, poll, text_of,
};

use super::{has, observed_call, shut_down};

/// The first poll on a runtime that is no more, or the second, which a wake must ask for.
fn assert_is_lost_at_once(call: &mut IntoResult<impl Job>, handle: &Handle) {
    let (bell, waker) = Bell::new();
    let context = handle.enter();
    let mut polled = poll(call, &waker);
    drop(context);
    if polled.is_pending() {
        assert!(bell.count() > 0, "nobody else would poll it again");
        polled = poll(call, &waker);
    }
    assert!(matches!(polled, Poll::Ready(Err(RunSyncError::Shutdown))));
}

#[test]
fn a_first_poll_after_the_shutdown_is_a_shutdown_error() {
    for shutdown in SHUTDOWNS {
        owning_one_blocking_thread(|runtime| {
            let handle = shut_down(runtime, shutdown);
            let (call, has_run, alive) = observed_call();
            let mut call = call.into_result();
            assert_is_lost_at_once(&mut call, &handle);
            assert!(!has(&has_run) && is_gone(&alive));
        });
    }
}

#[test]
fn a_lost_call_panics_when_it_is_awaited_on_another_runtime() {
    for shutdown in SHUTDOWNS {
        owning_one_blocking_thread(|runtime| {
            let handle = shut_down(runtime, shutdown);
            let mut call = run_sync(|| ());
            let context = handle.enter();
            assert!(poll(&mut call, Waker::noop()).is_pending());
            drop(context);
            let elsewhere = Builder::new_current_thread().build().unwrap();
            let message = in_time(move || panic_of(|| elsewhere.block_on(call)).message);
            assert!(message.contains("runtime was shut down"), "{message}");
            assert!(message.contains("into_result"), "{message}");
        });
    }
}

#[test]
fn a_lost_call_panics_when_it_is_awaited_outside_a_runtime() {
    for shutdown in SHUTDOWNS {
        owning_one_blocking_thread(|runtime| {
            let handle = shut_down(runtime, shutdown);
            let mut call = run_sync(|| ());
            let context = handle.enter();
            assert!(poll(&mut call, Waker::noop()).is_pending());
            drop(context);
            in_time(move || {
                for _ in 0..2 {
                    let message = panic_of(|| block_on(&mut call)).message;
                    assert!(message.contains("runtime was shut down"), "{message}");
                }
            });
        });
    }
}

/// The task is in the middle of a poll when its runtime goes.
#[test]
fn a_lost_call_parks_the_task_that_is_about_to_be_dropped() {
    let mut builder = Builder::new_multi_thread();
    let runtime = builder.worker_threads(1).build().unwrap();
    let (entered, is_entered) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let (went_on, has_gone_on) = mpsc::channel::<()>();
    let task = runtime.spawn(async move {
        entered.send(()).unwrap();
        let _ = released.recv();
        run_sync(|| ()).await;
        went_on.send(()).unwrap();
    });
    is_entered.recv().unwrap();
    runtime.shutdown_background();
    drop(release);
    assert!(in_time(|| block_on(task)).unwrap_err().is_cancelled());
    assert!(has_gone_on.recv().is_err());
}

/// A value that polls a call when its task is dropped, as an asynchronous clean-up would.
#[test]
fn a_lost_call_parks_where_its_runtime_drops_its_tasks() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let (polled, is_polled) = mpsc::channel();
    let clean_up = on_drop(move || {
        let mut call = run_sync(|| ());
        for _ in 0..3 {
            polled.send(poll(&mut call, Waker::noop())).unwrap();
        }
    });
    runtime.spawn(async move {
        let _clean_up = clean_up;
        std::future::pending::<()>().await;
    });
    runtime.block_on(tokio::task::yield_now());
    runtime.shutdown_background();
    assert_eq!(is_polled.iter().collect::<Vec<_>>(), [Poll::Pending; 3]);
}

#[test]
fn a_call_that_runs_when_its_runtime_shuts_down_ends_as_ever() {
    for shutdown in SHUTDOWNS {
        owning_one_blocking_thread(|runtime| {
            let context = runtime.enter();
            let (started, has_started) = mpsc::channel();
            let (release, released) = mpsc::channel::<()>();
            let mut call = run_sync(move || {
                started.send(()).unwrap();
                let _ = released.recv();
                42
            });
            assert!(poll(&mut call, Waker::noop()).is_pending());
            has_started.recv().unwrap();
            drop(context);
            shutdown(runtime);
            drop(release);
            assert_eq!(in_time(|| block_on(call)), 42);
        });
    }
}

/// The pool runs some of what is queued when it shuts down, and gives up the rest. Whatever it
/// makes of a call: the answer is true, and nothing is left behind.
#[test]
fn a_call_that_meets_a_shutdown_either_runs_or_says_that_it_did_not() {
    for round in 0..200 {
        for shutdown in SHUTDOWNS {
            for mut builder in flavours() {
                let runtime = builder.max_blocking_threads(1).build().unwrap();
                // Whether the thread is new, idle or busy makes a different race.
                let held = (round % 3 == 1).then(|| hold_a_thread(runtime.handle()));
                if round % 3 == 2 {
                    drain(runtime.handle());
                }
                let (call, has_run, alive) = observed_call();
                let mut call = call.into_result();
                let context = runtime.enter();
                assert!(poll(&mut call, Waker::noop()).is_pending());
                drop(context);
                shutdown(runtime);
                drop(held);
                match in_time(|| block_on(call)) {
                    Ok(()) => assert!(has(&has_run)),
                    Err(RunSyncError::Shutdown) => assert!(!has(&has_run)),
                    Err(other) => panic!("{other}"),
                }
                assert!(is_gone(&alive));
            }
        }
    }
}

/// An idle thread gets the call or comes too late, as the race with the shutdown goes: the test
/// waits for the first call that is lost. Its capture does not let itself be dropped so soon.
#[test]
fn a_lost_call_has_freed_its_captures_when_it_says_that_it_is_lost() {
    for _ in 0..5_000 {
        let runtime = Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
        drain(runtime.handle());
        let (dropping, is_dropping) = mpsc::channel();
        let (open, opened) = mpsc::channel::<()>();
        let guard = on_drop(move || {
            dropping.send(()).unwrap();
            let _ = opened.recv();
        });
        let mut call = run_sync(move || guard).into_result();
        let (bell, waker) = Bell::new();
        let context = runtime.enter();
        assert!(poll(&mut call, &waker).is_pending());
        drop(context);
        runtime.shutdown_background();
        while bell.count() == 0 {
            if is_dropping.try_recv().is_ok() {
                assert!(poll(&mut call, &waker).is_pending(), "its capture is still there");
                drop(open);
                bell.wait_for(1);
                assert!(matches!(poll(&mut call, &waker), Poll::Ready(Err(_))));
                return;
            }
            thread::yield_now();
        }
        drop(open);
    }
    eprintln!("no call was lost: nothing is proved");
}

#[test]
fn a_lost_call_wakes_its_task_though_a_capture_panics_when_it_is_dropped() {
    owning_one_blocking_thread(|runtime| {
        let handle = shut_down(runtime, Runtime::shutdown_background);
        let capture = on_drop(|| panic!("not even to be dropped"));
        let mut call = run_sync(move || drop(capture)).into_result();
        assert_is_lost_at_once(&mut call, &handle);
    });
}

/// A runtime waits for its blocking jobs: one that parked would keep it for ever.
#[test]
fn a_job_that_waits_for_a_lost_call_panics_and_lets_its_runtime_go() {
    for mut builder in flavours() {
        let runtime = builder.max_blocking_threads(2).build().unwrap();
        let (started, has_started) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let mut job = run_sync(move || {
            started.send(()).unwrap();
            let _ = released.recv();
            Handle::current().block_on(run_sync(|| ()));
        })
        .into_result();
        let context = runtime.enter();
        assert!(poll(&mut job, Waker::noop()).is_pending());
        has_started.recv().unwrap();
        drop(context);
        runtime.shutdown_background();
        drop(release);
        let error = in_time(|| block_on(job)).unwrap_err();
        assert!(error.to_string().contains("runtime was shut down"), "{error}");
    }
}

#[test]
fn a_call_that_work_makes_after_the_shutdown_is_lost() {
    for shutdown in SHUTDOWNS {
        owning_one_blocking_thread(|runtime| {
            let (started, has_started) = mpsc::channel();
            let (release, released) = mpsc::channel::<()>();
            let (inner, inner_has_run, alive) = observed_call();
            let mut work = run_sync(move || {
                started.send(()).unwrap();
                let _ = released.recv();
                run_async(inner.into_result())
            });
            let context = runtime.enter();
            assert!(poll(&mut work, Waker::noop()).is_pending());
            has_started.recv().unwrap();
            drop(context);
            shutdown(runtime);
            drop(release);
            let inner = in_time(|| block_on(work));
            assert!(matches!(inner, Err(RunSyncError::Shutdown)));
            assert!(!has(&inner_has_run) && is_gone(&alive));
        });
    }
}

#[test]
fn a_shutdown_with_a_timeout_does_not_wait_longer_for_what_runs() {
    owning_one_blocking_thread(|runtime| {
        let held = hold_a_thread(runtime.handle());
        let (mut queued, has_run, alive) = observed_call();
        let context = runtime.enter();
        assert!(poll(&mut queued, Waker::noop()).is_pending());
        drop(context);
        // It would not return: the thread is held until after that.
        in_time(move || runtime.shutdown_timeout(Duration::from_millis(1)));
        drop(held);
        // The thread that was held may still have done what was queued behind that.
        let queued = in_time(|| block_on(queued.into_result()));
        assert_eq!(queued.is_ok(), has(&has_run));
        assert!(matches!(queued, Ok(()) | Err(RunSyncError::Shutdown)) && is_gone(&alive));
    });
}

#[test]
fn a_thread_that_waits_for_a_lost_call_through_a_handle_panics() {
    owning_one_blocking_thread(|runtime| {
        let handle = shut_down(runtime, Runtime::shutdown_background);
        let payload = in_time(move || payload_of(|| handle.block_on(run_sync(|| ()))));
        let message = text_of(payload.as_ref()).unwrap();
        assert!(message.contains("runtime was shut down"), "{message}");
    });
}

#[test]
fn calls_of_many_threads_are_all_answered() {
    on_each(|runtime| {
        let answered = Arc::new(AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for turn in 0..500 {
                        let answer = runtime.handle().block_on(run_sync(move || turn));
                        assert_eq!(answer, turn);
                        answered.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(answered.load(Ordering::SeqCst), 2_000);
    });
}

/// The drop races with the start, the run and the end of each call.
#[test]
fn a_call_dropped_at_any_moment_leaves_nothing_behind() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let mut all = Vec::new();
        for turn in 0..2_000 {
            let (mut call, _, alive) = observed_call();
            assert!(poll(&mut call, Waker::noop()).is_pending());
            for _ in 0..turn % 40 {
                std::hint::spin_loop();
            }
            drop(call);
            all.push(alive);
        }
        // A job that had started may still be on its way to its end.
        in_time(move || {
            while !all.iter().all(is_gone) {
                thread::yield_now();
            }
        });
    });
}
