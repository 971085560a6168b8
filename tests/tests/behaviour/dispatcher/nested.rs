//! Work that waits for calls of its own, where the pool is full of work that does.

use std::sync::{Arc, mpsc};
use std::thread;

use futures::future::join_all;
use lionpride_concurrency::{Dedicated, Dispatcher, Limiter, Pool, run_async, run_sync};

use crate::support::{flavours, in_time, until, with_one_blocking_thread};

use super::{Crowd, sent};

#[test]
fn nested_calls_end_on_a_single_thread_whatever_they_run_on() {
    in_time(|| {
        with_one_blocking_thread(|runtime| {
            let limiter = Limiter::new("other", 1);
            let device = Dedicated::new("device", || 1);
            let call = run_sync(move || {
                let inner = limiter.clone();
                let deep = run_sync(move || run_async(run_sync(|| 1).on(&inner)));
                run_async(deep)
                    + run_async(run_sync(|| 1).on(&limiter))
                    + run_async(device.call(|one| *one))
                    + run_async(run_sync(|| 1))
            });
            assert_eq!(runtime.block_on(call), 4);
        });
    });
}

#[test]
fn a_dedicated_thread_can_wait_for_a_full_pool_and_the_pool_for_it() {
    in_time(|| {
        with_one_blocking_thread(|runtime| {
            let device = Dedicated::new("device", || ());
            let inner = device.clone();
            let calls = (0..10).map(|turn| {
                let inner = inner.clone();
                run_sync(move || run_async(inner.call(move |()| turn)))
            });
            let back = (0..10).map(|turn| device.call(move |()| run_async(run_sync(move || turn))));
            let both = async { tokio::join!(join_all(calls), join_all(back)) };
            let expected: Vec<_> = (0..10).collect();
            assert_eq!(runtime.block_on(both), (expected.clone(), expected));
        });
    });
}

/// One that is in and has no thread is helped by those who wait behind it.
#[test]
fn calls_that_wait_behind_one_without_a_thread_end() {
    in_time(|| {
        with_one_blocking_thread(|runtime| {
            let limiter = Limiter::new("narrow", 1);
            let calls = (0..10).map(|_| {
                let limiter = limiter.clone();
                run_sync(move || run_async(run_sync(|| 1).on(&limiter)))
            });
            let direct = (0..10).map(|_| run_sync(|| 1).on(&limiter));
            let both = async { tokio::join!(join_all(calls), join_all(direct)) };
            assert_eq!(runtime.block_on(both), (vec![1; 10], vec![1; 10]));
            assert_eq!(limiter.available(), 1);
        });
    });
}

/// Help keeps things going; it is no way around the pool.
#[test]
fn a_crowd_of_nested_calls_gets_no_crowd_of_threads() {
    in_time(|| {
        with_one_blocking_thread(|runtime| {
            let crowd = Arc::new(Crowd::default());
            let visited = Arc::clone(&crowd);
            let call = run_sync(move || {
                let visit = || {
                    let crowd = Arc::clone(&visited);
                    run_sync(move || {
                        crowd.visit();
                        thread::current().id()
                    })
                };
                run_async(join_all((0..200).map(|_| visit()))).len()
            });
            assert_eq!(runtime.block_on(call), 200);
            assert!(crowd.most() <= 8, "{} at once on a pool of one", crowd.most());
        });
    });
}

/// Work that sees to it that other work is done after it, so often.
fn chain<D: Dispatcher>(on: &D, length: usize, end: impl FnOnce() + Send + 'static) {
    if length == 0 {
        return end();
    }
    let next = on.clone();
    drop(sent(run_sync(move || chain(&next, length - 1, end)).on(on).shielded()));
}

/// Each holds the one before it.
#[test]
fn a_chain_of_calls_may_be_longer_than_a_stack() {
    in_time(|| {
        for mut builder in flavours() {
            let runtime = builder.thread_stack_size(256 << 10).build().unwrap();
            let limiter = Limiter::new("handed down", 1);
            let inner = limiter.clone();
            let (end, ends) = mpsc::channel();
            let end_of_other = end.clone();
            let on_pool = move || chain(&Pool, 5_000, move || end.send(()).unwrap());
            let on_limiter = move || chain(&inner, 5_000, move || end_of_other.send(()).unwrap());
            runtime.block_on(run_sync(on_pool));
            runtime.block_on(run_sync(on_limiter).on(&limiter));
            assert_eq!(ends.iter().count(), 2);
            until(|| limiter.available() == 1);
            assert_eq!(limiter.stats().finished, 5_001);
        }
    });
}
