//! What does a pipeline save, and what does it cost?
//!
//! `cargo bench -p lionpride-concurrency --bench pipeline`; `-- --rounds 5` for a quick look.
//!
//! As in `hop.rs`: both ways run in turns, and the median of their ratios counts.

mod support;

use std::alloc::System;
use std::future::Future;
use std::hint::black_box;
use std::time::{Duration, Instant};

use lionpride_concurrency::{Callable, callable, pipeline, run_sync};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio::runtime::{Builder, Runtime};

use self::support::{compare, rounds, to_f64};

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

fn main() {
    let rounds = rounds();
    let idle = Duration::from_secs(60);
    let runtime = Builder::new_current_thread().thread_keep_alive(idle).build().unwrap();
    let one = pipeline!(tiny);
    let ten = pipeline!(tiny, tiny, tiny, tiny, tiny, tiny, tiny, tiny, tiny, tiny);
    let called = callable!(tiny_async);
    let hop = |n| run_sync(move || tiny(n));

    println!("{:<49} {:>10} {:>10} {:>8}", "a call", "first ns", "second ns", "ratio");
    let times = compare(
        rounds,
        || time(&runtime, 300, ten_hops),
        || time(&runtime, 3_000, |n| ten.call(n)),
    );
    row("ten hops", "ten fused stages", times);
    let times =
        compare(rounds, || time(&runtime, 4_000, |n| one.call(n)), || time(&runtime, 4_000, hop));
    row("a pipeline of one stage", "run_sync", times);
    let times = compare(
        rounds,
        || time(&runtime, 3_000_000, |n| called.call(n)),
        || time(&runtime, 3_000_000, tiny_async),
    );
    row("callable! of an async fn", "the async fn", times);

    println!("\n{:<49} {:>10} {:>10}", "a call", "bytes", "allocated");
    let sizes = |what: &str, bytes: usize, count: f64| {
        println!("{what:<49} {bytes:>10} {count:>10.2}");
    };
    sizes("run_sync", size_of_val(&hop(0)), allocations(&runtime, hop));
    sizes(
        "a pipeline of one stage",
        size_of_val(&one.call(0)),
        allocations(&runtime, |n| one.call(n)),
    );
    sizes("ten fused stages", size_of_val(&ten.call(0)), allocations(&runtime, |n| ten.call(n)));
    sizes("the async fn", size_of_val(&tiny_async(0)), allocations(&runtime, tiny_async));
    let of_call = allocations(&runtime, |n| called.call(n));
    sizes("callable! of an async fn", size_of_val(&called.call(0)), of_call);
}
