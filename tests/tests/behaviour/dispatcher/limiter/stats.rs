//! What is counted of the calls under a limiter. Every transition shows.

use std::sync::mpsc;

use futures::executor::block_on;
use lionpride_concurrency::{Limiter, Stats, run_async, run_sync, sleep};

use crate::support::{hold_a_thread, on_each, until, with_one_blocking_thread};

use super::super::{held, numbers, sent};
use super::hold;

#[test]
fn a_new_limiter_has_counted_nothing() {
    assert_eq!(Limiter::new("new", 1).stats(), Stats::default());
}

#[test]
fn a_call_is_queued_then_running_then_finished() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("stages", 1);
        let thread = hold_a_thread(runtime.handle());
        let (call, begins, release) = held();
        let call = sent(call.on(&limiter));
        let waits = sent(run_sync(|| ()).on(&limiter));
        assert_eq!(numbers(limiter.stats()), [2, 0, 0, 0, 0, 0], "without a thread, or a permit");
        drop(thread);
        begins.recv().unwrap();
        assert_eq!(numbers(limiter.stats()), [1, 1, 0, 0, 0, 0]);
        drop(release);
        block_on(call);
        block_on(waits);
        assert_eq!(numbers(limiter.stats()), [0, 0, 0, 2, 0, 0]);
    });
}

#[test]
fn a_call_dropped_while_queued_is_dropped() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("dropped", 1);
        let _thread = hold_a_thread(runtime.handle());
        let threadless = sent(run_sync(|| ()).on(&limiter));
        let waits = sent(run_sync(|| ()).on(&limiter));
        drop(waits);
        assert_eq!(numbers(limiter.stats()), [1, 0, 0, 0, 0, 1]);
        drop(threadless);
        assert_eq!(numbers(limiter.stats()), [0, 0, 0, 0, 0, 2]);
    });
}

#[test]
fn a_call_dropped_while_it_runs_is_abandoned_until_it_ends() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("abandoned", 1);
        let (call, release) = hold(&limiter);
        drop(call);
        assert_eq!(numbers(limiter.stats()), [0, 1, 1, 0, 0, 0]);
        drop(release);
        until(|| numbers(limiter.stats()) == [0, 0, 0, 1, 0, 0]);
    });
}

#[test]
fn a_shielded_call_dropped_while_queued_is_abandoned_until_it_ends() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("shielded", 1);
        let (first, release) = hold(&limiter);
        let shielded = sent(run_sync(|| ()).on(&limiter).shielded());
        drop(shielded);
        assert_eq!(numbers(limiter.stats()), [1, 1, 1, 0, 0, 0]);
        drop(release);
        block_on(first);
        until(|| numbers(limiter.stats()) == [0, 0, 0, 2, 0, 0]);
    });
}

#[test]
fn a_panic_is_counted_as_one() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("panicked", 1);
        let call = run_sync(|| panic!("once")).on(&limiter).into_result();
        let result: Result<(), _> = runtime.block_on(call);
        result.unwrap_err();
        assert_eq!(numbers(limiter.stats()), [0, 0, 0, 0, 1, 0]);

        let (begin, begins) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let unheard = run_sync(move || {
            begin.send(()).unwrap();
            let _ = released.recv();
            assert!(begin.send(()).is_ok(), "nobody hears this");
        });
        let unheard = sent(unheard.on(&limiter));
        begins.recv().unwrap();
        drop((unheard, begins));
        assert_eq!(numbers(limiter.stats()), [0, 1, 1, 0, 1, 0]);
        drop(release);
        until(|| numbers(limiter.stats()) == [0, 0, 0, 0, 2, 0]);
    });
}

/// It unwinds because its caller is gone: nothing is wrong with it.
#[test]
fn a_cancelled_wait_is_no_panic() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("cancelled", 1);
        let (begin, begins) = mpsc::channel();
        let call = run_sync(move || {
            begin.send(()).unwrap();
            run_async(sleep(f64::INFINITY));
        });
        let call = sent(call.on(&limiter));
        begins.recv().unwrap();
        drop(call);
        until(|| numbers(limiter.stats()) == [0, 0, 0, 1, 0, 0]);
    });
}

#[test]
fn a_lost_call_is_dropped() {
    for shutdown in crate::support::SHUTDOWNS {
        crate::support::owning_one_blocking_thread(|runtime| {
            let limiter = Limiter::new("lost", 1);
            let handle = runtime.handle().clone();
            shutdown(runtime);
            let _context = handle.enter();
            let lost = sent(run_sync(|| ()).on(&limiter).shielded());
            assert_eq!(numbers(limiter.stats()), [0, 0, 0, 0, 0, 1]);
            drop(lost);
            assert_eq!(numbers(limiter.stats()), [0, 0, 0, 0, 0, 1]);
        });
    }
}

#[test]
fn nested_calls_are_counted_as_all_others() {
    on_each(|runtime| {
        let limiter = Limiter::new("nested", 1);
        let inner = limiter.clone();
        let call = run_sync(move || {
            let of_nested = inner.clone();
            run_async(run_sync(move || numbers(of_nested.stats())).on(&inner))
        });
        assert_eq!(runtime.block_on(call.on(&limiter)), [0, 2, 0, 0, 0, 0]);
        assert_eq!(numbers(limiter.stats()), [0, 0, 0, 2, 0, 0]);
    });
}
