//! Calls of a runtime that is no more.

use std::thread;

use futures::executor::block_on;
use lionpride_concurrency::{Limiter, RunSyncError, run_sync};
use tokio::runtime::Builder;

use crate::support::{
    SHUTDOWNS, flavours, hold_a_thread, in_time, is_gone, on_drop, owning_one_blocking_thread,
    panic_of, until,
};

use super::{has, held, observed_call, sent};

#[test]
fn a_call_that_waits_is_lost_when_its_turn_comes() {
    for shutdown in SHUTDOWNS {
        for mut builder in flavours() {
            let runtime = builder.build().unwrap();
            let elsewhere = Builder::new_current_thread().build().unwrap();
            let limiter = Limiter::new("lost", 1);
            let context = elsewhere.enter();
            let (hold, begins, release) = held();
            let hold = sent(hold.on(&limiter));
            begins.recv().unwrap();
            drop(context);
            let context = runtime.enter();
            let (call, has_run, alive) = observed_call();
            let call = sent(call.on(&limiter));
            drop(context);
            let context = elsewhere.enter();
            let next = sent(run_sync(|| 42).on(&limiter));
            drop(context);
            shutdown(runtime);
            assert_eq!(limiter.waiting(), 2);
            drop(release);
            in_time(move || {
                block_on(hold);
                assert!(matches!(block_on(call.into_result()), Err(RunSyncError::Shutdown)));
                assert_eq!(block_on(next), 42);
            });
            assert!(!has(&has_run) && is_gone(&alive));
            until(|| limiter.in_use() == 0 && limiter.waiting() == 0);
        }
    }
}

/// Each that is lost lets the next one in, which is lost: not one inside the other.
#[test]
fn thousands_of_calls_are_lost_on_a_small_stack() {
    for shutdown in SHUTDOWNS {
        for mut builder in flavours() {
            let runtime = builder.build().unwrap();
            let elsewhere =
                Builder::new_current_thread().thread_stack_size(128 << 10).build().unwrap();
            let limiter = Limiter::new("lost", 1);
            let context = elsewhere.enter();
            let (hold, begins, release) = held();
            let hold = sent(hold.on(&limiter));
            begins.recv().unwrap();
            drop(context);
            let context = runtime.enter();
            let calls: Vec<_> = (0..20_000).map(|_| sent(run_sync(|| ()).on(&limiter))).collect();
            drop(context);
            shutdown(runtime);
            drop(release);
            in_time(move || {
                block_on(hold);
                for call in calls {
                    assert!(matches!(block_on(call.into_result()), Err(RunSyncError::Shutdown)));
                }
            });
            until(|| limiter.in_use() == 0);
            let stats = limiter.stats();
            assert_eq!((stats.queued, stats.finished, stats.dropped), (0, 1, 20_000));
        }
    }
}

#[test]
fn a_raised_limit_loses_who_waits_in_vain() {
    owning_one_blocking_thread(|runtime| {
        let limiter = Limiter::new("raised", 1);
        let reserved = limiter.try_run(|| ()).unwrap();
        let context = runtime.enter();
        let calls: Vec<_> = (0..5_000).map(|_| sent(run_sync(|| ()).on(&limiter))).collect();
        drop(context);
        runtime.shutdown_background();
        limiter.set_limit(3);
        for call in calls {
            assert!(matches!(block_on(call.into_result()), Err(RunSyncError::Shutdown)));
        }
        assert_eq!((limiter.in_use(), limiter.waiting()), (1, 0));
        drop(reserved);
    });
}

/// It is in, and has no thread: its permit goes with it.
#[test]
fn a_call_that_loses_its_thread_gives_its_permit_back() {
    for shutdown in SHUTDOWNS {
        owning_one_blocking_thread(|runtime| {
            let limiter = Limiter::new("threadless", 1);
            let held = hold_a_thread(runtime.handle());
            let context = runtime.enter();
            let (call, has_run, alive) = observed_call();
            let call = sent(call.on(&limiter));
            drop(context);
            shutdown(runtime);
            drop(held);
            match in_time(|| block_on(call.into_result())) {
                Ok(()) => assert!(has(&has_run)),
                Err(RunSyncError::Shutdown) => assert!(!has(&has_run)),
                Err(other) => panic!("{other}"),
            }
            assert!(is_gone(&alive));
            assert_eq!(limiter.available(), 1);
        });
    }
}

#[test]
fn a_reserved_call_first_polled_after_the_shutdown_is_lost_and_gives_its_permit_back() {
    for shutdown in SHUTDOWNS {
        owning_one_blocking_thread(|runtime| {
            let limiter = Limiter::new("reserved", 1);
            let call = limiter.try_run(|| ()).unwrap();
            let handle = runtime.handle().clone();
            shutdown(runtime);
            let context = handle.enter();
            let call = sent(call);
            drop(context);
            assert_eq!(limiter.available(), 1);
            let message = in_time(move || panic_of(|| block_on(call)).message);
            assert!(message.contains("runtime was shut down"), "{message}");
        });
    }
}

/// It is lost by who gives back the permit that it waited for, whose own caller must hear of it.
#[test]
fn a_capture_that_panics_when_it_is_lost_harms_nobody_else() {
    for mut builder in flavours() {
        let runtime = builder.build().unwrap();
        let elsewhere = Builder::new_current_thread().build().unwrap();
        let limiter = Limiter::new("fragile", 1);
        let context = elsewhere.enter();
        let (hold, begins, release) = held();
        let hold = sent(hold.on(&limiter));
        begins.recv().unwrap();
        drop(context);
        let context = runtime.enter();
        let fragile: Vec<_> = (0..2)
            .map(|_| {
                let capture = on_drop(|| panic!("not even to be dropped"));
                sent(run_sync(move || drop(capture)).on(&limiter))
            })
            .collect();
        drop(context);
        let context = elsewhere.enter();
        let next = sent(run_sync(|| 42).on(&limiter));
        drop(context);
        runtime.shutdown_background();
        drop(release);
        in_time(move || {
            block_on(hold);
            assert_eq!(block_on(next), 42);
            for call in fragile {
                assert!(matches!(block_on(call.into_result()), Err(RunSyncError::Shutdown)));
            }
        });
        until(|| limiter.available() == 1);
    }
}

#[test]
fn permits_survive_runtimes_that_come_and_go() {
    let limiter = Limiter::new("lasting", 2);
    thread::scope(|scope| {
        for shutdown in SHUTDOWNS {
            for _ in 0..2 {
                let limiter = &limiter;
                scope.spawn(move || {
                    for turn in 0..100 {
                        for mut builder in flavours() {
                            let runtime = builder.max_blocking_threads(1).build().unwrap();
                            let context = runtime.enter();
                            let mut calls: Vec<_> =
                                (0..4).map(|_| sent(run_sync(|| ()).on(limiter))).collect();
                            if turn % 2 == 0 {
                                calls.truncate(2);
                            }
                            drop(context);
                            shutdown(runtime);
                            for call in calls {
                                let result = block_on(call.into_result());
                                assert!(matches!(result, Ok(()) | Err(RunSyncError::Shutdown)));
                            }
                        }
                    }
                });
            }
        }
    });
    until(|| limiter.in_use() == 0 && limiter.waiting() == 0);
    let stats = limiter.stats();
    assert_eq!((stats.queued, stats.running), (0, 0));
    assert_eq!(stats.finished + stats.dropped, 4 * 100 * 2 * 4);
}
