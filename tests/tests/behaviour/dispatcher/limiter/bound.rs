//! At most so many at once, first come first served.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use futures::executor::block_on;
use futures::future::join_all;
use lionpride_concurrency::{Limiter, run_sync};

use crate::support::{flavours, in_time, on_each, until, with_one_blocking_thread};

use super::super::{Crowd, sent};
use super::{counts, hold};

#[test]
fn never_more_run_at_once_than_the_limit_says() {
    on_each(|runtime| {
        for limit in [1, 3] {
            let limiter = Limiter::new("crowded", limit);
            let crowd = Arc::new(Crowd::default());
            let visit = || {
                let crowd = Arc::clone(&crowd);
                run_sync(move || crowd.visit()).on(&limiter)
            };
            runtime.block_on(join_all((0..1_000).map(|_| visit())));
            assert!(crowd.most() <= limit, "{} at once", crowd.most());
            assert_eq!(crowd.visits(), 1_000);
            assert_eq!(counts(&limiter), [0, limit, 0]);
        }
    });
}

#[test]
fn runtimes_share_a_static_limiter() {
    static SHARED: Limiter = Limiter::new("shared", 2);
    let crowd = Arc::new(Crowd::default());
    thread::scope(|scope| {
        for mut builder in flavours().into_iter().chain(flavours()) {
            let crowd = &crowd;
            scope.spawn(move || {
                let runtime = builder.build().unwrap();
                let visits = (0..300).map(|_| {
                    let crowd = Arc::clone(crowd);
                    run_sync(move || crowd.visit()).on(&SHARED)
                });
                runtime.block_on(join_all(visits));
            });
        }
    });
    assert!(crowd.most() <= 2, "{} at once", crowd.most());
    assert_eq!(crowd.visits(), 1_200);
    assert_eq!(counts(&SHARED), [0, 2, 0]);
}

/// They all meet, so they all run at once.
#[test]
fn as_many_run_at_once_as_the_limit_says() {
    in_time(|| {
        on_each(|runtime| {
            let limiter = Limiter::new("meeting", 4);
            let barrier = Arc::new(Barrier::new(4));
            let meet = || {
                let barrier = Arc::clone(&barrier);
                run_sync(move || barrier.wait()).on(&limiter)
            };
            runtime.block_on(join_all((0..20).map(|_| meet())));
        });
    });
}

#[test]
fn calls_run_in_the_order_in_which_they_came() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("orderly", 1);
        let (first, release) = hold(&limiter);
        let order = Arc::new(Mutex::new(Vec::new()));
        let calls: Vec<_> = (0..200)
            .map(|turn| {
                let order = Arc::clone(&order);
                sent(run_sync(move || order.lock().unwrap().push(turn)).on(&limiter))
            })
            .collect();
        assert_eq!(counts(&limiter), [1, 0, 200]);
        drop(release);
        block_on(first);
        block_on(join_all(calls));
        assert!(order.lock().unwrap().iter().copied().eq(0..200));
    });
}

/// Who comes late, when a permit has just been freed, does not get it before those who wait.
#[test]
fn nobody_is_passed_by() {
    on_each(|runtime| {
        let limiter = Limiter::new("fair", 1);
        let (begun, late) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        runtime.block_on(async {
            // Each takes a number where it is polled and must begin with that number.
            let calls = (0..500).map(|number| {
                let (begun, late) = (Arc::clone(&begun), Arc::clone(&late));
                run_sync(move || {
                    let turn = begun.fetch_add(1, Ordering::SeqCst);
                    late.fetch_add(usize::from(turn != number), Ordering::SeqCst);
                })
                .on(&limiter)
            });
            join_all(calls).await;
        });
        assert_eq!(late.load(Ordering::SeqCst), 0);
    });
}

/// A permit is more than a thread: who waits for the limiter does not fill the pool.
#[test]
fn calls_that_wait_for_a_permit_occupy_no_thread() {
    in_time(|| {
        on_each(|_| {
            for mut builder in flavours() {
                let runtime = builder.max_blocking_threads(2).build().unwrap();
                let _context = runtime.enter();
                let limiter = Limiter::new("narrow", 1);
                let (first, release) = hold(&limiter);
                let waiting: Vec<_> =
                    (0..100).map(|_| sent(run_sync(|| ()).on(&limiter))).collect();
                assert_eq!(runtime.block_on(run_sync(|| 42)), 42);
                drop((waiting, release));
                block_on(first);
            }
        });
    });
}

#[test]
fn a_call_in_a_full_pool_holds_its_permit_while_it_waits_for_a_thread() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("patient", 1);
        let held = crate::support::hold_a_thread(runtime.handle());
        let first = sent(run_sync(|| 1).on(&limiter));
        let second = sent(run_sync(|| 2).on(&limiter));
        assert_eq!(counts(&limiter), [1, 0, 1]);
        drop(held);
        assert_eq!((block_on(first), block_on(second)), (1, 2));
        until(|| counts(&limiter) == [0, 1, 0]);
    });
}

#[test]
fn an_unpolled_call_holds_nothing() {
    on_each(|runtime| {
        let limiter = Limiter::new("lazy", 1);
        let call = run_sync(|| 42).on(&limiter);
        assert_eq!(counts(&limiter), [0, 1, 0]);
        assert_eq!(limiter.stats(), lionpride_concurrency::Stats::default());
        assert_eq!(runtime.block_on(call), 42);
    });
}
