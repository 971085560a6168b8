//! What does a call hold while it is queued, and what does it allocate in all?

use std::alloc::System;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, RwLock};

use futures::future::{FutureExt, join_all};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio::runtime::Builder;

use crate::contenders::{Contender, Limited, Ours, Permits, Raw, Rayon, TokioRayon, Unblock};
use crate::support::{busy, to_f64};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

pub(crate) fn memory() {
    println!(
        "\n{:<36} {:>9} {:>11} {:>11} {:>11} {:>10}",
        "memory of a call, bytes", "future", "queued", "in pieces", "in all", "in pieces"
    );
    let rayon = rayon::current_num_threads();
    row::<Ours, 0>("run_sync, known to be short", 1, 0);
    row::<Ours, 1>("run_sync, known to be long", 1, 500);
    row::<Raw, 0>(Raw::NAME, 1, 0);
    // As many as it starts at most.
    row::<Unblock, 0>(Unblock::NAME, 500, 0);
    row::<Rayon, 0>(Rayon::NAME, rayon, 0);
    row::<TokioRayon, 0>(TokioRayon::NAME, rayon, 0);
    row::<Limited, 0>("Limiter of 8", 1, 0);
    row::<Permits, 0>("the same by hand", 1, 0);
}

/// A call, of a site that `SITE` makes another one.
fn call<C: Contender, const SITE: usize>(n: u64, us: u64) -> impl Future<Output = u64> + Send {
    C::call(move || busy(n, us))
}

/// One row: a pool of so many threads, jobs of so many microseconds.
fn row<C: Contender, const SITE: usize>(what: &str, threads: usize, us: u64) {
    const IN_TURN: u64 = 2_000;
    const QUEUED: u64 = 10_000;
    let runtime = Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        // Teaches how long the jobs of this site take.
        join_all((0..100).map(|n| call::<C, SITE>(n, us))).await;
        let region = Region::new(ALLOCATOR);
        for n in 0..IN_TURN {
            call::<C, SITE>(n, us).await;
        }
        let in_turn = region.change();
        let future = size_of_val(&call::<C, SITE>(0, us));
        let queued = queued::<C, SITE>(threads, us, QUEUED).await;
        println!(
            "{what:<36} {future:>9} {:>11.0} {:>11.2} {:>11.0} {:>10.2}",
            to_f64((queued.bytes_allocated - queued.bytes_deallocated) as u64) / to_f64(QUEUED),
            to_f64((queued.allocations - queued.deallocations) as u64) / to_f64(QUEUED),
            to_f64(in_turn.bytes_allocated as u64) / to_f64(IN_TURN),
            to_f64(in_turn.allocations as u64) / to_f64(IN_TURN),
        );
    });
}

/// What is allocated by polling so many calls once, while all threads of the pool are held.
async fn queued<C: Contender, const SITE: usize>(
    threads: usize,
    us: u64,
    calls: u64,
) -> stats_alloc::Stats {
    let gate = Arc::new(RwLock::new(()));
    let shut = gate.write().unwrap();
    let (inside, held) = mpsc::channel();
    let mut holders = join_all((0..threads).map(|_| hold::<C>(&gate, &inside)));
    assert!((&mut holders).now_or_never().is_none());
    held.iter().take(threads).count();

    let mut queue: Vec<_> = (0..calls).map(|n| Box::pin(call::<C, SITE>(n, us))).collect();
    let region = Region::new(ALLOCATOR);
    for call in &mut queue {
        assert!(call.now_or_never().is_none());
    }
    let change = region.change();

    drop(shut);
    drop(queue);
    holders.await;
    change
}

/// Keeps a thread until the gate opens.
fn hold<C: Contender>(
    gate: &Arc<RwLock<()>>,
    inside: &Sender<()>,
) -> impl Future<Output = ()> + Send + use<C> {
    let (gate, inside) = (Arc::clone(gate), inside.clone());
    C::call(move || {
        inside.send(()).unwrap();
        drop(gate.read());
    })
}
