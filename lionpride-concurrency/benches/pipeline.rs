//! What does a pipeline save, and what does it cost?
//!
//! `cargo bench -p lionpride-concurrency --bench pipeline`; `-- --rounds 5` for a quick look.
//!
//! As in `hop`: both ways run in turns, and the median of their ratios counts.

mod support;

use std::alloc::System;
use std::future::Future;
use std::hint::black_box;
use std::thread;
use std::time::Instant;

use futures::stream::{self, StreamExt};
use lionpride_concurrency::{Callable, callable, pipeline, run_sync};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio::runtime::Runtime;
use tokio::task::spawn_blocking;

use self::support::{Flavour, busy, median, rounds, to_f64};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn tiny(n: u64) -> u64 {
    black_box(n).wrapping_mul(31)
}

async fn tiny_async(n: u64) -> u64 {
    tiny(n)
}

async fn ten_hops(mut n: u64) -> u64 {
    for _ in 0..10 {
        n = run_sync(move || tiny(n)).await;
    }
    n
}

/// Nanoseconds a call.
fn time<F: Future<Output = u64>>(runtime: &Runtime, calls: u64, call: impl Fn(u64) -> F) -> f64 {
    let start = Instant::now();
    runtime.block_on(async {
        for n in 0..calls {
            black_box(call(black_box(n)).await);
        }
    });
    start.elapsed().as_secs_f64() * 1e9 / to_f64(calls)
}

/// The times of both, in turns: which comes first changes from round to round. The third is their
/// ratio.
fn compare(
    rounds: usize,
    mut one: impl FnMut() -> f64,
    mut other: impl FnMut() -> f64,
) -> [f64; 3] {
    let (mut ones, mut others, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        let (a, b) = if round % 2 == 0 {
            let a = one();
            (a, other())
        } else {
            let b = other();
            (one(), b)
        };
        ones.push(a);
        others.push(b);
        ratios.push(a / b);
    }
    [median(ones), median(others), median(ratios)]
}

fn row(what: &str, against: &str, [one, other, ratio]: [f64; 3]) {
    println!("{what:<24} {against:<24} {one:>10.1} {other:>10.1} {ratio:>8.3}");
}

fn allocations<F: Future<Output = u64>>(runtime: &Runtime, call: impl Fn(u64) -> F) -> f64 {
    const CALLS: u64 = 2_000;
    time(runtime, CALLS, &call);
    let region = Region::new(ALLOCATOR);
    time(runtime, CALLS, &call);
    to_f64(region.change().allocations as u64) / to_f64(CALLS)
}

/// One call after another.
fn calls(runtime: &Runtime, rounds: usize) {
    let one = pipeline!(tiny);
    let ten = pipeline!(tiny, tiny, tiny, tiny, tiny, tiny, tiny, tiny, tiny, tiny);
    let called = callable!(tiny_async);
    let hop = |n| run_sync(move || tiny(n));

    println!("{:<49} {:>10} {:>10} {:>8}", "a call", "first ns", "second ns", "ratio");
    let times =
        compare(rounds, || time(runtime, 300, ten_hops), || time(runtime, 3_000, |n| ten.call(n)));
    row("ten hops", "ten fused stages", times);
    let times =
        compare(rounds, || time(runtime, 4_000, |n| one.call(n)), || time(runtime, 4_000, hop));
    row("a pipeline of one stage", "run_sync", times);
    let times = compare(
        rounds,
        || time(runtime, 3_000_000, |n| called.call(n)),
        || time(runtime, 3_000_000, tiny_async),
    );
    row("callable! of an async fn", "the async fn", times);

    println!("\n{:<49} {:>10} {:>10}", "a call", "bytes", "allocated");
    let sizes = |what: &str, bytes: usize, count: f64| {
        println!("{what:<49} {bytes:>10} {count:>10.2}");
    };
    sizes("run_sync", size_of_val(&hop(0)), allocations(runtime, hop));
    sizes(
        "a pipeline of one stage",
        size_of_val(&one.call(0)),
        allocations(runtime, |n| one.call(n)),
    );
    sizes("ten fused stages", size_of_val(&ten.call(0)), allocations(runtime, |n| ten.call(n)));
    sizes("the async fn", size_of_val(&tiny_async(0)), allocations(runtime, tiny_async));
    let of_call = allocations(runtime, |n| called.call(n));
    sizes("callable! of an async fn", size_of_val(&called.call(0)), of_call);
}

/// Nanoseconds an item.
fn time_all(count: u64, all: impl FnOnce(Vec<u64>) -> Vec<u64>) -> f64 {
    let items: Vec<u64> = (0..count).collect();
    let start = Instant::now();
    let values = all(black_box(items));
    let elapsed = start.elapsed();
    assert_eq!(values.len() as u64, count);
    elapsed.as_secs_f64() * 1e9 / to_f64(count)
}

/// All items of a collection, with each runtime.
fn collections(rounds: usize) {
    let threads = thread::available_parallelism().unwrap().get();
    let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let job = |n: u64| busy(n, 200);
    let (small, large) = (pipeline!(each(4, tiny)), pipeline!(each(threads, job)));
    let hops = async |items: Vec<u64>| -> Vec<u64> {
        let hop = |n| async move { spawn_blocking(move || tiny(n)).await.unwrap() };
        stream::iter(items).map(hop).buffered(4).collect().await
    };
    for flavour in Flavour::ALL {
        let runtime = flavour.runtime();
        let what = format!("an item of a collection, {}", flavour.name());
        println!("\n{what:<49} {:>10} {:>10} {:>8}", "first ns", "second ns", "ratio");
        let times = compare(
            rounds,
            || time_all(10_000, |items| runtime.block_on(hops(items))),
            || time_all(100_000, |items| runtime.block_on(small.call(items))),
        );
        row("spawn_blocking, 4 at once", "each(4, tiny)", times);
        let times = compare(
            rounds,
            || time_all(400, |items| runtime.block_on(large.call(items))),
            || time_all(400, |items| pool.install(|| items.par_iter().map(|&n| job(n)).collect())),
        );
        row("each(cores, 200 us)", "rayon", times);
    }
}

fn main() {
    let rounds = rounds();
    calls(&Flavour::CurrentThread.runtime(), rounds);
    collections(rounds);
}
