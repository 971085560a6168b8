//! Who shares a thread, and in which order.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use futures::FutureExt;
use futures::future::join_all;
use lionpride_concurrency::{run_sync, stats};
use tokio::runtime::Builder;

use crate::support::{flavours, in_time, on_each, with_one_blocking_thread};

use super::{LONG, at_once, get_to_know, in_some_attempt, nap, no_limit, with_blocking_threads};

#[test]
fn short_calls_that_wait_for_one_thread_share_it() {
    with_one_blocking_thread(|runtime| {
        let limiter = no_limit();
        at_once(runtime, (0..10_000).map(|_| run_sync(|| ()).on(&limiter)));
        let stats = limiter.stats();
        assert!(stats.shared >= 9_000 && stats.finished == 10_000, "{stats:?}");
    });
}

#[test]
fn short_calls_at_once_share_threads_though_there_are_more() {
    on_each(|runtime| {
        let shared = |_| {
            let limiter = no_limit();
            runtime.block_on(join_all((0..10_000).map(|_| run_sync(|| ()).on(&limiter))));
            assert_eq!(limiter.stats().finished, 10_000);
            limiter.stats().shared
        };
        assert!(in_some_attempt(|attempt| shared(attempt) >= 9_000));
    });
}

#[test]
fn shared_calls_on_the_bare_pool_are_counted_too() {
    with_one_blocking_thread(|runtime| {
        let before = stats().shared;
        at_once(runtime, (0..10_000).map(|_| run_sync(|| ())));
        assert!(stats().shared - before >= 9_000);
    });
}

#[test]
fn a_call_alone_shares_its_thread_with_nobody() {
    for mut builder in flavours() {
        let (limiter, runtime) = (no_limit(), builder.build().unwrap());
        runtime.block_on(run_sync(|| ()).on(&limiter));
        assert_eq!(limiter.stats().shared, 0);
    }
}

#[test]
fn long_calls_have_a_thread_each() {
    for mut builder in flavours() {
        assert!(in_some_attempt(|_| {
            get_to_know(|| nap(LONG));
            let (limiter, runtime) = (no_limit(), builder.build().unwrap());
            runtime.block_on(join_all((0..50).map(|_| nap(LONG).on(&limiter))));
            assert_eq!(limiter.stats().finished, 50);
            limiter.stats().shared == 0
        }));
    }
}

#[test]
fn short_and_long_calls_on_one_thread_begin_in_the_order_of_their_first_polls() {
    let order = Arc::new(Mutex::new(Vec::new()));
    let short = |number| {
        let order = Arc::clone(&order);
        run_sync(move || order.lock().unwrap().push(number))
    };
    let long = |number| {
        let order = Arc::clone(&order);
        run_sync(move || {
            order.lock().unwrap().push(number);
            thread::sleep(LONG);
        })
    };
    get_to_know(|| short(0));
    get_to_know(|| long(0));
    with_one_blocking_thread(|runtime| {
        order.lock().unwrap().clear();
        let call = |number| match number % 50 {
            0 => long(number).boxed_local(),
            _ => short(number).boxed_local(),
        };
        at_once(runtime, (0..500).map(call));
        assert!(order.lock().unwrap().iter().copied().eq(0..500));
    });
}

/// Between two threads there is no order: the one that takes a call first may run it second.
#[test]
fn on_each_of_several_threads_calls_begin_in_the_order_of_their_first_polls() {
    on_each(|runtime| {
        let begun = Arc::new(Mutex::new(Vec::new()));
        let calls = (0..10_000).map(|number| {
            let begun = Arc::clone(&begun);
            run_sync(move || begun.lock().unwrap().push((thread::current().id(), number)))
        });
        runtime.block_on(join_all(calls));
        let mut latest = HashMap::new();
        for (thread, number) in begun.lock().unwrap().drain(..) {
            assert!(latest.insert(thread, number).is_none_or(|earlier| earlier < number));
        }
    });
}

/// Two or three on a machine with nothing else to do; `spawn_blocking` starts over a hundred.
#[test]
fn tiny_calls_start_few_threads() {
    for workers in [0, 2] {
        let started = |_| {
            let started = Arc::new(AtomicUsize::new(0));
            let mut builder = match workers {
                0 => Builder::new_current_thread(),
                _ => Builder::new_multi_thread(),
            };
            let count = Arc::clone(&started);
            let builder = builder.worker_threads(workers.max(1)).on_thread_start(move || {
                count.fetch_add(1, Ordering::SeqCst);
            });
            let runtime = builder.build().unwrap();
            runtime.block_on(join_all((0..10_000).map(|_| run_sync(|| ()))));
            // Now all that have started are counted.
            drop(runtime);
            let started = started.load(Ordering::SeqCst) - workers;
            eprintln!("{started} threads beside {workers} workers");
            started
        };
        assert!(in_some_attempt(|attempt| (1..=8).contains(&started(attempt))));
    }
}

#[test]
fn many_short_calls_at_once_all_finish_on_few_threads() {
    in_time(|| {
        for threads in [1, 2] {
            with_blocking_threads(threads, |runtime| {
                let calls = (0..10_000_u64).map(|number| run_sync(move || number));
                let numbers = runtime.block_on(join_all(calls));
                assert!(numbers.into_iter().eq(0..10_000));
            });
        }
    });
}

#[test]
fn many_long_calls_at_once_all_finish_on_few_threads() {
    in_time(|| {
        for threads in [1, 2] {
            with_blocking_threads(threads, |runtime| {
                get_to_know(|| nap(LONG));
                let limiter = no_limit();
                // Those that come of a call site that is known to be long need not be so.
                let calls = (0..1_000).map(|_| nap(Duration::ZERO).on(&limiter));
                runtime.block_on(join_all(calls));
                assert_eq!(limiter.stats().finished, 1_000);
            });
        }
    });
}
