//! Changing the limit.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use futures::executor::block_on;
use futures::future::join_all;
use lionpride_concurrency::{Limiter, run_sync};

use crate::support::{in_time, on_each, panic_of, until};

use super::super::{Crowd, sent};
use super::{counts, hold};

const ZERO: &str = "the limit of a `Limiter` must be at least 1: 0 lets nobody in";

#[test]
fn a_limit_of_0_panics_at_the_callers_line() {
    let (panic, line) = (panic_of(|| Limiter::new("none", 0)), line!());
    assert_eq!((panic.file.as_str(), panic.line), (file!(), line));
    assert_eq!(panic.message, ZERO);

    let limiter = Limiter::new("some", 2);
    let (panic, line) = (panic_of(|| limiter.set_limit(0)), line!());
    assert_eq!((panic.file.as_str(), panic.line), (file!(), line));
    assert_eq!(panic.message, ZERO);
    assert_eq!(limiter.limit(), 2);
}

/// They meet: all that the new limit lets in run at once.
#[test]
fn a_raised_limit_lets_in_at_once_who_waits() {
    in_time(|| {
        on_each(|runtime| {
            let _context = runtime.enter();
            let limiter = Limiter::new("raised", 1);
            let (first, release) = hold(&limiter);
            let barrier = Arc::new(Barrier::new(3));
            let calls: Vec<_> = (0..3)
                .map(|_| {
                    let barrier = Arc::clone(&barrier);
                    sent(run_sync(move || barrier.wait()).on(&limiter))
                })
                .collect();
            assert_eq!(counts(&limiter), [1, 0, 3]);
            limiter.set_limit(4);
            assert_eq!((limiter.limit(), limiter.waiting()), (4, 0));
            block_on(join_all(calls));
            assert_eq!(counts(&limiter), [1, 3, 0]);
            drop(release);
            block_on(first);
        });
    });
}

#[test]
fn a_lowered_limit_stops_nobody_and_lets_nobody_in_until_enough_have_ended() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("lowered", 3);
        let mut running: Vec<_> = (0..3).map(|_| hold(&limiter)).collect();
        limiter.set_limit(1);
        let next = sent(run_sync(|| 42).on(&limiter));
        assert_eq!(limiter.limit(), 1);
        for left in [2, 1] {
            let (call, release) = running.pop().unwrap();
            drop(release);
            block_on(call);
            assert_eq!(counts(&limiter), [left, 0, 1]);
        }
        let (call, release) = running.pop().unwrap();
        drop(release);
        block_on(call);
        assert_eq!(block_on(next), 42);
        assert_eq!(counts(&limiter), [0, 1, 0]);
    });
}

#[test]
fn the_limit_can_change_under_load() {
    on_each(|runtime| {
        let limiter = Limiter::new("restless", 1);
        let (crowd, over) = (Arc::new(Crowd::default()), Arc::new(AtomicBool::new(false)));
        let (changed, is_over) = (limiter.clone(), Arc::clone(&over));
        let restless = thread::spawn(move || {
            for limit in (1..=4).cycle() {
                changed.set_limit(limit);
                thread::yield_now();
                if is_over.load(Ordering::SeqCst) {
                    return;
                }
            }
        });
        let visits = (0..3_000).map(|_| {
            let crowd = Arc::clone(&crowd);
            run_sync(move || crowd.visit()).on(&limiter)
        });
        runtime.block_on(join_all(visits));
        over.store(true, Ordering::SeqCst);
        restless.join().unwrap();
        assert!(crowd.most() <= 4, "{} at once", crowd.most());
        assert_eq!(crowd.visits(), 3_000);
        until(|| limiter.in_use() == 0 && limiter.waiting() == 0);
        assert_eq!(limiter.available(), limiter.limit());
    });
}

#[test]
fn the_largest_limit_is_as_good_as_none() {
    on_each(|runtime| {
        let limiter = Limiter::new("wide", usize::MAX);
        assert_eq!(runtime.block_on(run_sync(|| 42).on(&limiter)), 42);
        assert_eq!(counts(&limiter), [0, usize::MAX, 0]);
    });
}
