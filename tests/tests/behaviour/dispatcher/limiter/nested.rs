//! Calls made from the work of a call under the same limiter.

use std::sync::{Arc, mpsc};
use std::thread;

use futures::executor::block_on;
use futures::future::join_all;
use lionpride_concurrency::{Limiter, RunSyncError, run_async, run_sync};
use tokio::runtime::Runtime;

use crate::support::{captured, flavours, in_time, is_gone, on_each, until};

use super::super::{Crowd, held, sent};
use super::{counts, hold};

/// Runs the test where the pool has one thread, and where it has some, on each flavour. It must not
/// hang.
fn on_few_threads(test: impl Fn(&Runtime) + Send + 'static) {
    in_time(move || {
        for threads in [1, 4] {
            for mut builder in flavours() {
                test(&builder.max_blocking_threads(threads).build().unwrap());
            }
        }
    });
}

/// A call from the work of a call, so deep. Each counts itself.
fn dive(limiter: &Limiter, depth: usize) -> usize {
    let inner = limiter.clone();
    let work = move || {
        assert_eq!((inner.in_use(), inner.available()), (1, 0));
        1 + if depth == 0 { 0 } else { dive(&inner, depth - 1) }
    };
    run_async(run_sync(work).on(limiter))
}

#[test]
fn a_nested_call_needs_no_second_permit_however_deep() {
    on_few_threads(|runtime| {
        for depth in [1, 2, 5] {
            let limiter = Limiter::new("deep", 1);
            let inner = limiter.clone();
            let call = run_sync(move || dive(&inner, depth - 1)).on(&limiter);
            assert_eq!(runtime.block_on(call), depth);
            assert_eq!(counts(&limiter), [0, 1, 0]);
            assert_eq!(limiter.stats().finished, depth as u64 + 1);
        }
    });
}

#[test]
fn many_deep_calls_at_once_end() {
    on_few_threads(|runtime| {
        let limiter = Limiter::new("crowded", 1);
        let calls = (0..10).map(|_| {
            let inner = limiter.clone();
            run_sync(move || dive(&inner, 2)).on(&limiter)
        });
        let all = join_all(calls);
        assert_eq!(runtime.block_on(all), [3; 10]);
        assert_eq!(counts(&limiter), [0, 1, 0]);
    });
}

#[test]
fn nested_calls_pass_by_those_who_wait_outside() {
    on_few_threads(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("inside", 1);
        let inner = limiter.clone();
        let (begin, begins) = mpsc::channel();
        let (go, goes) = mpsc::channel::<()>();
        let first = sent(
            run_sync(move || {
                begin.send(()).unwrap();
                let _ = goes.recv();
                let waiting = inner.waiting();
                (waiting, run_async(run_sync(|| 42).on(&inner)))
            })
            .on(&limiter),
        );
        begins.recv().unwrap();
        let waits: Vec<_> = (0..5).map(|_| sent(run_sync(|| ()).on(&limiter))).collect();
        drop(go);
        assert_eq!(block_on(first), (5, 42));
        block_on(join_all(waits));
        assert_eq!(counts(&limiter), [0, 1, 0]);
    });
}

#[test]
fn nested_calls_made_at_once_share_the_permit_and_what_is_free() {
    on_few_threads(|runtime| {
        for limit in [1, 3, 8] {
            let limiter = Limiter::new("shared", limit);
            let (inner, crowd) = (limiter.clone(), Arc::new(Crowd::default()));
            let visited = Arc::clone(&crowd);
            let call = run_sync(move || {
                let visit = || {
                    let (crowd, inner) = (Arc::clone(&visited), inner.clone());
                    run_sync(move || {
                        crowd.visit();
                        assert!((1..=limit).contains(&inner.in_use()));
                        assert_eq!(inner.waiting(), 0, "who uses that permit does not wait");
                    })
                };
                run_async(join_all((0..20).map(|_| visit().on(&inner)))).len()
            });
            assert_eq!(runtime.block_on(call.on(&limiter)), 20);
            assert!((1..=limit).contains(&crowd.most()));
            assert_eq!(crowd.visits(), 20);
            assert_eq!(counts(&limiter), [0, limit, 0]);
        }
    });
}

#[test]
fn a_nested_call_takes_a_free_permit_where_that_of_the_work_is_kept_for_another() {
    on_few_threads(|runtime| {
        let limiter = Limiter::new("kept", 2);
        let inner = limiter.clone();
        let call = run_sync(move || {
            let kept = inner.try_run(|| "kept").unwrap();
            let other = run_async(run_sync(|| "other").on(&inner));
            assert_eq!(counts(&inner), [1, 1, 0]);
            let second = inner.try_run(|| "second").unwrap();
            assert_eq!(counts(&inner), [2, 0, 0]);
            assert!(inner.try_run(|| "third").is_err());
            (run_async(kept), other, run_async(second))
        });
        let done = runtime.block_on(call.on(&limiter));
        assert_eq!(done, ("kept", "other", "second"));
        assert_eq!(counts(&limiter), [0, 2, 0]);
    });
}

#[test]
fn a_nested_call_that_outlives_its_lender_keeps_the_permit() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("outlived", 1);
        let inner = limiter.clone();
        let (nested, begins, release) = held();
        // The lender hands on a call that is under way.
        let lender = run_sync(move || sent(nested.on(&inner))).on(&limiter);
        let nested = runtime.block_on(lender);
        begins.recv().unwrap();
        assert_eq!(counts(&limiter), [1, 0, 0]);
        let next = sent(run_sync(|| 42).on(&limiter));
        assert!(limiter.try_run(|| ()).is_err());
        assert_eq!(counts(&limiter), [1, 0, 1]);
        drop(release);
        block_on(nested);
        assert_eq!(block_on(next), 42);
        assert_eq!(counts(&limiter), [0, 1, 0]);
    });
}

#[test]
fn those_who_outlive_their_lender_still_run_one_at_a_time() {
    on_each(|runtime| {
        let limiter = Limiter::new("outlived by many", 1);
        let (inner, crowd) = (limiter.clone(), Arc::new(Crowd::default()));
        let visited = Arc::clone(&crowd);
        let lender = run_sync(move || {
            let visit = || {
                let crowd = Arc::clone(&visited);
                run_sync(move || crowd.visit()).on(&inner)
            };
            (0..20).map(|_| sent(visit())).collect::<Vec<_>>()
        });
        let nested = runtime.block_on(lender.on(&limiter));
        let others = (0..20).map(|_| {
            let crowd = Arc::clone(&crowd);
            run_sync(move || crowd.visit()).on(&limiter)
        });
        runtime.block_on(join_all(others));
        block_on(join_all(nested));
        assert_eq!((crowd.most(), crowd.visits()), (1, 40));
        assert_eq!(counts(&limiter), [0, 1, 0]);
    });
}

/// The permit that it might use is free: somebody else may have it.
#[test]
fn a_call_whose_lender_has_ended_needs_a_permit_of_its_own() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("ended", 1);
        let (go, goes) = mpsc::channel::<()>();
        let inner = limiter.clone();
        let between = run_sync(move || {
            let _ = goes.recv();
            run_async(run_sync(|| 42).on(&inner))
        });
        let lender = run_sync(move || sent(between)).on(&limiter);
        let between = runtime.block_on(lender);
        let (other, release) = hold(&limiter);
        drop(go);
        until(|| limiter.waiting() == 1 || limiter.stats().finished == 2);
        assert_eq!(counts(&limiter), [1, 0, 1]);
        drop(release);
        block_on(other);
        assert_eq!(block_on(between), 42);
        assert_eq!(counts(&limiter), [0, 1, 0]);
    });
}

#[test]
fn a_nested_call_dropped_while_it_waits_frees_its_captures_at_once() {
    on_each(|runtime| {
        let limiter = Limiter::new("given up", 1);
        let inner = limiter.clone();
        let call = run_sync(move || {
            run_async(async move {
                let (first, begins, release) = held();
                let first = sent(first.on(&inner));
                begins.recv().unwrap();
                let (value, alive) = captured();
                let second = sent(run_sync(move || drop(value)).on(&inner));
                let third = sent(run_sync(|| 3).on(&inner));
                drop(second);
                assert!(is_gone(&alive));
                drop(release);
                first.await;
                third.await
            })
        });
        assert_eq!(runtime.block_on(call.on(&limiter)), 3);
        assert_eq!(counts(&limiter), [0, 1, 0]);
        assert_eq!(limiter.stats().dropped, 1);
    });
}

#[test]
fn a_nested_panic_goes_on_in_the_work_around_it_and_leaves_the_permit_usable() {
    on_few_threads(|runtime| {
        let limiter = Limiter::new("panicking", 1);
        let inner = limiter.clone();
        let call = run_sync(move || {
            let nested = run_sync(|| panic!("inside")).on(&inner).into_result();
            let result: Result<(), _> = run_async(nested);
            assert!(matches!(result, Err(RunSyncError::Panicked(_))));
            assert_eq!(run_async(run_sync(|| 42).on(&inner)), 42);
            run_async(run_sync(|| -> u8 { panic!("outside") }).on(&inner))
        });
        let error = runtime.block_on(call.on(&limiter).into_result()).unwrap_err();
        assert_eq!(error.to_string(), "the blocking call panicked: outside");
        assert_eq!(counts(&limiter), [0, 1, 0]);
    });
}

#[test]
fn a_call_nested_through_another_limiter_uses_the_permit_of_the_outmost() {
    on_few_threads(|runtime| {
        let [disk, net] = [Limiter::new("disk", 1), Limiter::new("net", 1)];
        let (inner_disk, inner_net) = (disk.clone(), net.clone());
        let call = run_sync(move || {
            let (seen_disk, seen_net) = (inner_disk.clone(), inner_net.clone());
            let look = move || (counts(&seen_disk), counts(&seen_net));
            let middle = run_sync(move || run_async(run_sync(look).on(&inner_disk)));
            run_async(middle.on(&inner_net))
        });
        assert_eq!(runtime.block_on(call.on(&disk)), ([1, 0, 0], [1, 0, 0]));
        assert_eq!((counts(&disk), counts(&net)), ([0, 1, 0], [0, 1, 0]));
    });
}

#[test]
fn a_call_nested_through_the_pool_uses_the_permit_of_the_outmost() {
    on_few_threads(|runtime| {
        let limiter = Limiter::new("through the pool", 1);
        let inner = limiter.clone();
        let call = run_sync(move || {
            let middle = run_sync(move || run_async(run_sync(|| 42).on(&inner)));
            run_async(middle)
        });
        assert_eq!(runtime.block_on(call.on(&limiter)), 42);
        assert_eq!(counts(&limiter), [0, 1, 0]);
    });
}

#[test]
fn a_call_from_a_task_that_the_work_spawned_needs_a_permit_of_its_own() {
    on_each(|runtime| {
        let limiter = Limiter::new("spawned", 2);
        let inner = limiter.clone();
        let call = run_sync(move || {
            let of_task = inner.clone();
            let in_use = run_sync(move || of_task.in_use()).on(&inner);
            run_async(tokio::spawn(in_use)).unwrap()
        });
        assert_eq!(runtime.block_on(call.on(&limiter)), 2);
    });
}

#[test]
fn nested_calls_race_with_the_end_of_their_lender() {
    on_each(|runtime| {
        let limiter = Limiter::new("racing", 1);
        for turn in 0..300 {
            let inner = limiter.clone();
            let lender = run_sync(move || {
                let nested: Vec<_> = (0..3).map(|_| sent(run_sync(|| ()).on(&inner))).collect();
                for _ in 0..turn % 20 {
                    std::hint::spin_loop();
                }
                nested
            });
            let mut nested = runtime.block_on(lender.on(&limiter));
            drop(nested.swap_remove(turn % 3));
            if turn % 2 == 0 {
                thread::yield_now();
            }
            block_on(join_all(nested));
            until(|| counts(&limiter) == [0, 1, 0]);
        }
        let stats = limiter.stats();
        assert_eq!(stats.finished + stats.dropped, 1_200);
    });
}
