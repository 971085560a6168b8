//! Work that is long, or waits for other work, where it was expected to be short.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, mpsc};

use futures::future::{join, join_all};
use lionpride_concurrency::{Job, RunSync, run_sync};

use crate::support::{has, in_time, on_each, with_one_blocking_thread};

use super::{get_to_know, queue_up, with_blocking_threads};

/// A call that is done at once, unless it has something to wait for.
fn call(wait: Option<impl FnOnce() + Send + 'static>) -> RunSync<impl Job<Output = ()>> {
    run_sync(move || {
        if let Some(wait) = wait {
            wait();
        }
    })
}

/// Where it waits for its channel to close.
fn gated(gate: Option<mpsc::Receiver<()>>) -> RunSync<impl Job<Output = ()>> {
    call(gate.map(|gate| move || assert!(gate.recv().is_err())))
}

/// Where it waits for others.
fn meet(barrier: Option<Arc<Barrier>>) -> RunSync<impl Job<Output = ()>> {
    call(barrier.map(|barrier| {
        move || {
            barrier.wait();
        }
    }))
}

#[test]
fn jobs_that_block_do_not_hold_up_the_others() {
    in_time(|| {
        for blocked in [1, 2, 20] {
            get_to_know(|| gated(None));
            on_each(|runtime| {
                let (mut gates, mut blocking, mut others) = (vec![], vec![], vec![]);
                for number in 0..1_000 {
                    if number % (1_000 / blocked) == 0 {
                        let (gate, opens) = mpsc::channel();
                        blocking.extend(queue_up(runtime, [gated(Some(opens))]));
                        gates.push(gate);
                    } else {
                        others.extend(queue_up(runtime, [gated(None)]));
                    }
                }
                assert_eq!(gates.len(), blocked);
                runtime.block_on(join_all(others));
                drop(gates);
                runtime.block_on(join_all(blocking));
            });
        }
    });
}

#[test]
fn calls_that_come_while_others_block_are_not_held_up() {
    in_time(|| {
        get_to_know(|| gated(None));
        on_each(|runtime| {
            let (gates, blocking): (Vec<_>, Vec<_>) = (0..20)
                .map(|_| {
                    let (gate, opens) = mpsc::channel();
                    (gate, queue_up(runtime, [gated(Some(opens))]))
                })
                .unzip();
            for _ in 0..100 {
                runtime.block_on(gated(None));
            }
            drop(gates);
            runtime.block_on(join_all(blocking.into_iter().flatten()));
        });
    });
}

#[test]
fn jobs_that_wait_for_each_other_meet() {
    in_time(|| {
        get_to_know(|| meet(None));
        on_each(|runtime| {
            for _ in 0..3 {
                let barrier = Arc::new(Barrier::new(30));
                let calls = (0..30).map(|_| meet(Some(Arc::clone(&barrier))));
                runtime.block_on(join_all(calls));
            }
        });
    });
}

/// As many as there are threads, and each waits for the last one.
#[test]
fn jobs_that_fill_the_pool_meet() {
    in_time(|| {
        get_to_know(|| meet(None));
        with_blocking_threads(8, |runtime| {
            let barrier = Arc::new(Barrier::new(8));
            let calls = (0..8).map(|_| meet(Some(Arc::clone(&barrier))));
            runtime.block_on(join_all(calls));
        });
    });
}

#[test]
fn the_other_work_of_the_pool_gets_its_turn() {
    in_time(|| {
        with_one_blocking_thread(|runtime| {
            let has_run = Arc::new(AtomicBool::new(false));
            let flag = Arc::clone(&has_run);
            // There is always one more call in the queue: to make it takes less time than to do it.
            let endless = async || {
                while !has(&has_run) {
                    run_sync(|| (0..500).for_each(|_| std::hint::spin_loop())).await;
                }
            };
            runtime.block_on(async {
                let others = join_all((0..1_000).map(|_| endless()));
                // It comes when they are under way.
                let job = async {
                    let set = move || flag.store(true, Ordering::SeqCst);
                    tokio::task::spawn_blocking(set).await.unwrap();
                };
                join(others, job).await;
            });
        });
    });
}
