//! What does a hop cost beside the same thing written by hand?
//!
//! `cargo bench -p lionpride-concurrency --bench hop`; `-- --rounds 5` for a quick look.
//!
//! Both ways run in turns within one process, so that a busy machine slows both: the ratio of their
//! times is what counts, and its median over all rounds is what is printed.

mod support;

use std::alloc::System;
use std::future::Future;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use futures::future::join_all;
use lionpride_concurrency::{Limiter, run_sync};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use self::support::{compare, flavours, rounds, to_f64};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// A job that does next to nothing: all that is left is the hop.
fn tiny(n: u64) -> u64 {
    black_box(n).wrapping_mul(31)
}

async fn by_hand(n: u64) -> u64 {
    spawn_blocking(move || tiny(n)).await.unwrap()
}

async fn ours(n: u64) -> u64 {
    run_sync(move || tiny(n)).await
}

async fn limited_by_hand(permits: Arc<Semaphore>, n: u64) -> u64 {
    let permit = permits.acquire_owned().await.unwrap();
    let job = move || {
        let _permit = permit;
        tiny(n)
    };
    spawn_blocking(job).await.unwrap()
}

async fn limited(limiter: Limiter, n: u64) -> u64 {
    run_sync(move || tiny(n)).on(&limiter).await
}

/// How calls come in.
#[derive(Clone, Copy)]
enum Load {
    InTurn(u64),
    /// So many tasks, each with so many calls in turn.
    Tasks(u64, u64),
    AtOnce(u64),
}

impl Load {
    const ALL: [(&'static str, Self); 3] = [
        ("one after another", Self::InTurn(2_000)),
        ("64 tasks", Self::Tasks(64, 60)),
        ("10,000 at once", Self::AtOnce(10_000)),
    ];

    /// Seconds a call.
    async fn time<C, F>(self, call: C) -> f64
    where
        C: Fn(u64) -> F + Clone + Send + 'static,
        F: Future<Output = u64> + Send + 'static,
    {
        let start = Instant::now();
        let calls = match self {
            Self::InTurn(calls) => {
                for n in 0..calls {
                    black_box(call(n).await);
                }
                calls
            }
            Self::Tasks(tasks, calls) => {
                let task = |call: C| async move {
                    for n in 0..calls {
                        black_box(call(n).await);
                    }
                };
                let tasks_of_it = (0..tasks).map(|_| tokio::spawn(task(call.clone())));
                join_all(tasks_of_it).await.into_iter().for_each(Result::unwrap);
                tasks * calls
            }
            Self::AtOnce(calls) => {
                let tasks = (0..calls).map(|n| tokio::spawn(call(n)));
                for task in join_all(tasks).await {
                    black_box(task.unwrap());
                }
                calls
            }
        };
        start.elapsed().as_secs_f64() / to_f64(calls)
    }
}

fn row(what: &str, load: &str, [ours, by_hand, ratio]: [f64; 3]) {
    let microseconds = |seconds: f64| seconds * 1e6;
    println!(
        "{what:<22} {load:<18} {:>8.2} {:>8.2} {ratio:>7.2}",
        microseconds(ours),
        microseconds(by_hand)
    );
}

fn times(rounds: usize) {
    for (flavour, runtime) in flavours() {
        println!("\n{flavour:<41} {:>8} {:>8} {:>7}", "ours us", "hand us", "ratio");
        for (name, load) in Load::ALL {
            let run = || runtime.block_on(load.time(ours));
            row("run_sync", name, compare(rounds, run, || runtime.block_on(load.time(by_hand))));
        }
        for (name, load) in Load::ALL {
            let (limiter, permits) = (Limiter::new("bench", 8), Arc::new(Semaphore::new(8)));
            let ours = move |n| limited(limiter.clone(), n);
            let by_hand = move |n| limited_by_hand(Arc::clone(&permits), n);
            let run = || runtime.block_on(load.time(ours.clone()));
            let other = || runtime.block_on(load.time(by_hand.clone()));
            row("Limiter of 8", name, compare(rounds, run, other));
        }
    }
}

/// What a call allocates, on average over many.
fn allocations() {
    println!("\n{:<41} {:>8} {:>8}", "allocated by a call", "count", "bytes");
    let runtime = Builder::new_current_thread().build().unwrap();
    let limiter = Limiter::new("bench", 8);
    let permits = Arc::new(Semaphore::new(8));
    measure(&runtime, "spawn_blocking", by_hand);
    measure(&runtime, "run_sync", ours);
    measure(&runtime, "Semaphore and spawn_blocking", move |n| {
        limited_by_hand(Arc::clone(&permits), n)
    });
    measure(&runtime, "Limiter", move |n| limited(limiter.clone(), n));
}

fn measure<F: Future<Output = u64>>(runtime: &Runtime, what: &str, call: impl Fn(u64) -> F) {
    const CALLS: u64 = 2_000;
    let calls = || async {
        for n in 0..CALLS {
            black_box(call(n).await);
        }
    };
    runtime.block_on(calls());
    let region = Region::new(ALLOCATOR);
    runtime.block_on(calls());
    let change = region.change();
    let a_call = |total: usize| to_f64(total as u64) / to_f64(CALLS);
    println!(
        "{what:<41} {:>8.2} {:>8.0}",
        a_call(change.allocations),
        a_call(change.bytes_allocated)
    );
}

fn main() {
    times(rounds());
    allocations();
}
