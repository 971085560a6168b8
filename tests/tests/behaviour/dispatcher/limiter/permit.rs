//! How long a permit is held.

use std::panic::panic_any;
use std::sync::mpsc;
use std::thread;

use futures::executor::block_on;
use lionpride_concurrency::{Limiter, RunSyncError, move_on_after, run_sync};

use crate::support::{SHUTDOWNS, flavours, in_time, on_drop, on_each, until};

use super::super::{held, observed_call, sent};
use super::{counts, hold};

#[test]
fn a_permit_is_held_until_the_work_ends_though_its_caller_is_gone() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("held", 1);
        let (first, release) = hold(&limiter);
        drop(first);
        let second = sent(run_sync(|| 2).on(&limiter));
        assert_eq!(counts(&limiter), [1, 0, 1]);
        assert!(limiter.try_run(|| ()).is_err());
        drop(release);
        assert_eq!(block_on(second), 2);
        until(|| counts(&limiter) == [0, 1, 0]);
    });
}

#[test]
fn a_permit_is_held_until_the_work_ends_though_its_caller_has_timed_out() {
    on_each(|runtime| {
        let limiter = Limiter::new("late", 1);
        let (call, begins, release) = held();
        runtime.block_on(async {
            assert!(move_on_after(0.001, call.on(&limiter)).await.is_none());
        });
        // It may have been dropped before it began: then there is nothing to hold.
        if begins.recv().is_ok() {
            assert_eq!(counts(&limiter), [1, 0, 0]);
            drop(release);
        }
        until(|| counts(&limiter) == [0, 1, 0]);
    });
}

#[test]
fn a_permit_is_held_until_the_work_ends_though_its_task_was_aborted() {
    on_each(|runtime| {
        let limiter = Limiter::new("aborted", 1);
        let (call, begins, release) = held();
        let call = call.on(&limiter);
        runtime.block_on(async {
            let task = tokio::spawn(call);
            let begun = run_sync(move || begins.recv().unwrap());
            begun.await;
            task.abort();
            assert!(task.await.unwrap_err().is_cancelled());
            assert_eq!(counts(&limiter), [1, 0, 0]);
        });
        drop(release);
        until(|| counts(&limiter) == [0, 1, 0]);
    });
}

#[test]
fn a_permit_is_held_while_the_runtime_of_its_work_shuts_down() {
    for shutdown in SHUTDOWNS {
        for mut builder in flavours() {
            let runtime = builder.build().unwrap();
            let limiter = Limiter::new("closing", 1);
            let context = runtime.enter();
            let (first, release) = hold(&limiter);
            drop(context);
            shutdown(runtime);
            assert_eq!(counts(&limiter), [1, 0, 0]);

            let elsewhere = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let _context = elsewhere.enter();
            let second = sent(run_sync(|| 2).on(&limiter));
            assert_eq!(counts(&limiter), [1, 0, 1]);
            drop(release);
            in_time(move || {
                block_on(first);
                assert_eq!(block_on(second), 2);
            });
            until(|| counts(&limiter) == [0, 1, 0]);
        }
    }
}

/// The caller sees the permit free when it has its answer.
#[test]
fn a_permit_is_free_before_its_caller_hears_of_the_end() {
    on_each(|runtime| {
        let limiter = Limiter::new("free", 1);
        runtime.block_on(async {
            for _ in 0..300 {
                run_sync(|| ()).on(&limiter).await;
                assert_eq!(counts(&limiter), [0, 1, 0]);
            }
        });
    });
}

#[test]
fn a_permit_is_held_until_what_the_work_captured_is_gone() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("capturing", 1);
        let (dropping, is_dropping) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let capture = on_drop(move || {
            dropping.send(()).unwrap();
            let _ = released.recv();
        });
        let call = sent(run_sync(move || drop(capture)).on(&limiter));
        is_dropping.recv().unwrap();
        assert_eq!(counts(&limiter), [1, 0, 0]);
        drop(release);
        block_on(call);
        assert_eq!(counts(&limiter), [0, 1, 0]);
    });
}

#[test]
fn a_panic_gives_the_permit_back() {
    on_each(|runtime| {
        let limiter = Limiter::new("panicking", 1);
        runtime.block_on(async {
            for code in 0..20 {
                let call = run_sync(move || panic_any(code)).on(&limiter).into_result();
                let result: Result<(), _> = call.await;
                let Err(RunSyncError::Panicked(payload)) = result else { panic!("{result:?}") };
                assert_eq!(*payload.downcast::<i32>().unwrap(), code);
                assert_eq!(counts(&limiter), [0, 1, 0]);
            }
            assert_eq!(run_sync(|| 42).on(&limiter).await, 42);
        });
    });
}

#[test]
fn a_panic_that_nobody_waits_for_gives_the_permit_back() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("unheard", 1);
        let (begin, begins) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let work = move || {
            begin.send(()).unwrap();
            let _ = released.recv();
            assert!(begin.send(()).is_ok(), "nobody hears this");
        };
        let call = sent(run_sync(work).on(&limiter));
        begins.recv().unwrap();
        drop((call, begins));
        drop(release);
        assert_eq!(runtime.block_on(run_sync(|| 42).on(&limiter)), 42);
    });
}

#[test]
fn a_result_that_panics_when_it_is_dropped_gives_the_permit_back() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("fragile", 1);
        let (begin, begins) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let work = move || {
            begin.send(()).unwrap();
            let _ = released.recv();
            on_drop(|| panic!("not even to be dropped"))
        };
        let call = sent(run_sync(work).on(&limiter));
        begins.recv().unwrap();
        drop(call);
        drop(release);
        assert_eq!(runtime.block_on(run_sync(|| 42).on(&limiter)), 42);
        until(|| counts(&limiter) == [0, 1, 0]);
    });
}

/// The drop races with the start, the run and the end of each call.
#[test]
fn a_call_dropped_at_any_moment_gives_its_permit_back() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("racy", 2);
        for turn in 0..3_000 {
            let (call, ..) = observed_call();
            let call = sent(call.on(&limiter));
            for _ in 0..turn % 40 {
                std::hint::spin_loop();
            }
            if turn % 3 == 0 {
                thread::yield_now();
            }
            drop(call);
        }
        until(|| counts(&limiter) == [0, 2, 0]);
        until(|| limiter.stats().abandoned == 0);
        let stats = limiter.stats();
        assert_eq!((stats.queued, stats.running), (0, 0));
        assert_eq!(stats.finished + stats.dropped, 3_000);
    });
}
