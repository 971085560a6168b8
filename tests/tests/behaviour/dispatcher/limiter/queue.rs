//! Dropped while waiting.

use futures::executor::block_on;
use lionpride_concurrency::{Limiter, run_sync};

use crate::support::{
    drain, hold_a_thread, in_time, is_gone, on_drop, on_each, until, with_one_blocking_thread,
};

use super::super::{has, observed_call, sent};
use super::{counts, hold};

#[test]
fn a_call_dropped_while_it_waits_never_starts_and_frees_its_captures_at_once() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("left", 1);
        let (first, release) = hold(&limiter);
        let (call, has_run, alive) = observed_call();
        let call = sent(call.on(&limiter));
        assert_eq!(counts(&limiter), [1, 0, 1]);
        drop(call);
        assert!(is_gone(&alive));
        assert_eq!(counts(&limiter), [1, 0, 0]);
        drop(release);
        block_on(first);
        assert_eq!(runtime.block_on(run_sync(|| 42).on(&limiter)), 42);
        assert!(!has(&has_run));
        assert_eq!(counts(&limiter), [0, 1, 0]);
    });
}

#[test]
fn a_permit_passes_by_those_who_have_gone_away() {
    on_each(|runtime| {
        let _context = runtime.enter();
        for kept in [0, 3, 7] {
            let limiter = Limiter::new("passing", 1);
            let (first, release) = hold(&limiter);
            let mut calls: Vec<_> = (0..8)
                .map(|_| {
                    let (call, has_run, _) = observed_call();
                    (sent(call.on(&limiter)), has_run)
                })
                .collect();
            let (last, has_run) = calls.remove(kept);
            let gone: Vec<_> = calls.into_iter().map(|(_, has_run)| has_run).collect();
            assert_eq!(counts(&limiter), [1, 0, 1]);
            drop(release);
            block_on(first);
            block_on(last);
            assert!(has(&has_run) && !gone.iter().any(|gone| has(gone)));
            assert_eq!(counts(&limiter), [0, 1, 0]);
        }
    });
}

#[test]
fn a_call_dropped_before_it_has_a_thread_frees_its_permit_at_once() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("threadless", 1);
        let held = hold_a_thread(runtime.handle());
        let (first, first_has_run, alive) = observed_call();
        let first = sent(first.on(&limiter));
        let (second, second_has_run, _) = observed_call();
        let second = sent(second.on(&limiter));
        assert_eq!(counts(&limiter), [1, 0, 1]);
        drop(first);
        assert!(is_gone(&alive));
        assert_eq!(counts(&limiter), [1, 0, 0], "the second is in");
        drop(second);
        assert_eq!(counts(&limiter), [0, 1, 0]);
        drop(held);
        drain(runtime.handle());
        assert!(!has(&first_has_run) && !has(&second_has_run));
    });
}

/// A queue that kept them would keep what is known of each.
#[test]
fn calls_dropped_while_they_wait_do_not_pile_up() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("swept", 1);
        let (first, release) = hold(&limiter);
        let stays = sent(run_sync(|| 42).on(&limiter));
        for turn in 0..100_000 {
            let (call, _, alive) = observed_call();
            drop(sent(call.on(&limiter)));
            assert!(is_gone(&alive));
            if turn % 10_000 == 0 {
                assert_eq!(counts(&limiter), [1, 0, 1]);
            }
        }
        assert_eq!(limiter.stats().dropped, 100_000);
        drop(release);
        block_on(first);
        assert_eq!(block_on(stays), 42);
    });
}

#[test]
fn a_long_queue_can_be_dropped_in_any_order() {
    on_each(|runtime| {
        let _context = runtime.enter();
        for step in [1, 7, 2_999] {
            let limiter = Limiter::new("shuffled", 1);
            let (first, release) = hold(&limiter);
            let mut calls: Vec<_> =
                (0..3_000).map(|_| Some(sent(run_sync(|| ()).on(&limiter)))).collect();
            for turn in 0..2_990 {
                drop(calls[turn * step % 3_000].take());
                assert_eq!(limiter.waiting(), 2_999 - turn);
            }
            drop(release);
            block_on(first);
            calls.into_iter().flatten().for_each(block_on);
            assert_eq!(counts(&limiter), [0, 1, 0]);
            assert_eq!(limiter.stats().dropped, 2_990);
        }
    });
}

/// It is dropped by who drops the call, with no lock of the limiter's in its way.
#[test]
fn a_capture_may_use_the_limiter_when_it_is_dropped() {
    in_time(|| {
        on_each(|runtime| {
            let _context = runtime.enter();
            let limiter = Limiter::new("reached", 1);
            let (first, release) = hold(&limiter);
            let of_capture = limiter.clone();
            let other = sent(run_sync(|| ()).on(&limiter));
            let capture = on_drop(move || {
                drop(other);
                drop(sent(run_sync(|| ()).on(&of_capture)));
                assert_eq!(counts(&of_capture), [1, 0, 0]);
            });
            drop(sent(run_sync(move || drop(capture)).on(&limiter)));
            assert_eq!(counts(&limiter), [1, 0, 0]);
            drop(release);
            block_on(first);
        });
    });
}

#[test]
fn a_shielded_call_dropped_while_it_waits_runs() {
    on_each(|runtime| {
        let _context = runtime.enter();
        for shielded_first in [false, true] {
            let limiter = Limiter::new("shielded", 1);
            let (first, release) = hold(&limiter);
            let (call, has_run, alive) = observed_call();
            if shielded_first {
                drop(sent(call.shielded().on(&limiter)));
            } else {
                drop(sent(call.on(&limiter).shielded()));
            }
            assert!(!is_gone(&alive) && !has(&has_run));
            assert_eq!(counts(&limiter), [1, 0, 1]);
            drop(release);
            block_on(first);
            until(|| counts(&limiter) == [0, 1, 0]);
            assert!(has(&has_run) && is_gone(&alive));
        }
    });
}
