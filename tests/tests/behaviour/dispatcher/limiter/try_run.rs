//! `try_run`: a permit now, or none.

use std::sync::Arc;
use std::thread;

use futures::executor::block_on;
use lionpride_concurrency::{Limiter, run_async, run_sync};

use crate::support::{
    captured, flavours, hold_a_thread, in_time, is_gone, on_each, until, with_one_blocking_thread,
};

use super::super::{Crowd, held, sent};
use super::{counts, hold};

#[test]
fn a_reserved_call_has_its_permit_at_once_and_runs_when_it_is_awaited() {
    on_each(|runtime| {
        let limiter = Limiter::new("reserved", 2);
        let of_call = limiter.clone();
        // There need not be a runtime yet.
        let call = limiter.try_run(move || counts(&of_call)).unwrap();
        assert_eq!(counts(&limiter), [1, 1, 0]);
        assert_eq!(runtime.block_on(call), [1, 1, 0]);
        assert_eq!(counts(&limiter), [0, 2, 0]);
        assert_eq!(limiter.stats().finished, 1);
    });
}

#[test]
fn a_reserved_call_dropped_unpolled_gives_its_permit_to_the_next() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("returned", 1);
        let (value, alive) = captured();
        let reserved = limiter.try_run(move || drop(value)).unwrap();
        let second = sent(run_sync(|| 2).on(&limiter));
        assert_eq!(counts(&limiter), [1, 0, 1]);
        drop(reserved);
        assert!(is_gone(&alive));
        assert_eq!(block_on(second), 2);
        assert_eq!(counts(&limiter), [0, 1, 0]);
        assert_eq!(limiter.stats().finished, 1);
    });
}

#[test]
fn a_reserved_call_dropped_before_it_has_a_thread_gives_its_permit_back() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("queued", 1);
        let held = hold_a_thread(runtime.handle());
        let reserved = sent(limiter.try_run(|| ()).unwrap());
        assert_eq!(counts(&limiter), [1, 0, 0]);
        drop(reserved);
        assert_eq!(counts(&limiter), [0, 1, 0]);
        drop(held);
    });
}

#[test]
fn a_saturated_limiter_says_its_name_and_its_limit() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("resize", 2);
        let running = [hold(&limiter), hold(&limiter)];
        let saturated = limiter.try_run(|| ()).unwrap_err();
        assert_eq!(saturated.to_string(), "the limiter `resize` is saturated: its limit is 2");
        assert_eq!(saturated.limiter(), "resize");
        assert_eq!(saturated.clone(), limiter.try_run(|| 1).unwrap_err());
        let error: Box<dyn std::error::Error + Send + Sync> = saturated.into();
        assert!(error.source().is_none());
        for (call, release) in running {
            drop(release);
            block_on(call);
        }
    });
}

#[test]
fn a_saturated_limiter_drops_the_work() {
    let limiter = Limiter::new("full", 1);
    let _first = limiter.try_run(|| ()).unwrap();
    let (value, alive) = captured();
    assert!(limiter.try_run(move || drop(value)).is_err());
    assert!(is_gone(&alive));
}

/// Those who wait have the next permit, however often somebody tries meanwhile.
#[test]
fn try_run_passes_nobody_by() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("fair", 1);
        let (first, begins, mut release) = held();
        let mut running = sent(first.on(&limiter));
        begins.recv().unwrap();
        for _ in 0..50 {
            let (call, begins, next_release) = held();
            let call = sent(call.on(&limiter));
            drop(release);
            block_on(running);
            assert!(limiter.try_run(|| ()).is_err(), "the permit has passed on");
            begins.recv().unwrap();
            running = call;
            release = next_release;
        }
        drop(release);
        block_on(running);
    });
}

#[test]
fn a_lowered_limit_saturates() {
    let limiter = Limiter::new("lowered", 2);
    let first = limiter.try_run(|| ()).unwrap();
    let second = limiter.try_run(|| ()).unwrap();
    limiter.set_limit(1);
    drop(first);
    assert_eq!(counts(&limiter), [1, 0, 0]);
    assert!(limiter.try_run(|| ()).is_err());
    drop(second);
    assert!(limiter.try_run(|| ()).is_ok());
}

#[test]
fn a_reserved_call_on_something_else_gives_its_permit_back() {
    on_each(|runtime| {
        let [limiter, other] = [Limiter::new("left", 1), Limiter::new("meant", 1)];
        let call = limiter.try_run(|| 42).unwrap().on(&other);
        assert_eq!(counts(&limiter), [0, 1, 0]);
        assert_eq!(runtime.block_on(call), 42);
        assert_eq!((limiter.stats().finished, other.stats().finished), (0, 1));
    });
}

#[test]
fn a_reserved_call_run_inline_gives_its_permit_back() {
    let limiter = Limiter::new("inline", 1);
    assert_eq!(limiter.try_run(|| 42).unwrap().run_inline(), 42);
    assert_eq!(counts(&limiter), [0, 1, 0]);
}

#[test]
fn a_reserved_call_can_be_shielded() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("shielded", 1);
        let held = hold_a_thread(runtime.handle());
        let (value, alive) = captured();
        drop(sent(limiter.try_run(move || drop(value)).unwrap().shielded()));
        assert_eq!(counts(&limiter), [1, 0, 0]);
        drop(held);
        until(|| counts(&limiter) == [0, 1, 0]);
        assert!(is_gone(&alive));
        assert_eq!(limiter.stats().finished, 1);
    });
}

#[test]
fn never_more_are_reserved_than_the_limit_says() {
    on_each(|runtime| {
        let limiter = Limiter::new("tried", 2);
        let crowd = Arc::new(Crowd::default());
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for turn in 0..500 {
                        let crowd = Arc::clone(&crowd);
                        let call = limiter.try_run(move || crowd.visit());
                        // Every other one is dropped instead.
                        if turn % 2 == 0 {
                            let _ = call.map(|call| runtime.handle().block_on(call));
                        }
                    }
                });
            }
        });
        assert!(crowd.most() <= 2);
        assert_eq!(counts(&limiter), [0, 2, 0]);
        assert_eq!(limiter.stats().finished, crowd.visits() as u64);
    });
}

#[test]
fn a_nested_try_run_uses_the_permit_of_the_work_it_is_made_from() {
    in_time(|| {
        for threads in [1, 4] {
            for mut builder in flavours() {
                let runtime = builder.max_blocking_threads(threads).build().unwrap();
                let limiter = Limiter::new("nested", 1);
                let inner = limiter.clone();
                let call = run_sync(move || {
                    let reserved = inner.try_run(|| 42).unwrap();
                    // They run one at a time: there is one permit.
                    assert!(inner.try_run(|| ()).is_err());
                    assert_eq!(counts(&inner), [1, 0, 0]);
                    let answer = run_async(reserved);
                    drop(inner.try_run(|| ()).unwrap());
                    assert_eq!(run_async(inner.try_run(|| 1).unwrap()), 1);
                    answer
                });
                assert_eq!(runtime.block_on(call.on(&limiter)), 42);
                assert_eq!(counts(&limiter), [0, 1, 0]);
            }
        }
    });
}

#[test]
fn a_nested_reservation_that_outlives_its_work_keeps_the_permit() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("outliving", 1);
        let inner = limiter.clone();
        let reserved =
            runtime.block_on(run_sync(move || inner.try_run(|| 42).unwrap()).on(&limiter));
        assert_eq!(counts(&limiter), [1, 0, 0]);
        assert!(limiter.try_run(|| ()).is_err());
        let next = sent(run_sync(|| 1).on(&limiter));
        assert_eq!(counts(&limiter), [1, 0, 1]);
        assert_eq!(runtime.block_on(reserved), 42);
        assert_eq!(block_on(next), 1);
        assert_eq!(counts(&limiter), [0, 1, 0]);

        let inner = limiter.clone();
        let reserved =
            runtime.block_on(run_sync(move || inner.try_run(|| 42).unwrap()).on(&limiter));
        drop(reserved);
        assert_eq!(counts(&limiter), [0, 1, 0]);
    });
}
