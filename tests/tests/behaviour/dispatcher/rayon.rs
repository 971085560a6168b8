//! `Rayon`: work that computes.

use std::sync::{Arc, mpsc};
use std::thread;

use ::rayon::prelude::*;
use ::rayon::{ThreadPool, ThreadPoolBuilder};
use futures::executor::block_on;
use futures::future::join_all;
use lionpride_concurrency::{Rayon, RunSyncError, run_async, run_sync};
use tokio::runtime::Handle;

use crate::support::{SHUTDOWNS, flavours, in_time, is_gone, on_both, on_drop, on_each, until};

use super::{has, held, numbers, observed_call, sent};

static CPU: Rayon = Rayon::global();

fn pool(threads: usize) -> ThreadPool {
    ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|index| format!("own {index}"))
        .build()
        .unwrap()
}

#[test]
fn work_runs_on_the_global_pool() {
    on_both(async || {
        let sum = run_sync(|| (1..=1_000_u64).into_par_iter().sum::<u64>()).on(&CPU);
        assert_eq!(sum.await, 500_500);
        let threads = run_sync(::rayon::current_num_threads).on(&CPU).await;
        assert_eq!(threads, ::rayon::current_num_threads());
        assert!(run_sync(::rayon::current_thread_index).on(&CPU).await.is_some());
    });
}

#[test]
fn work_runs_on_a_pool_of_ones_own() {
    let [own, shared] = [Rayon::from(pool(1)), Rayon::from(Arc::new(pool(2)))];
    on_both(async || {
        let name = || thread::current().name().map(str::to_owned);
        assert_eq!(run_sync(name).on(&own).await.as_deref(), Some("own 0"));
        assert_eq!(run_sync(::rayon::current_num_threads).on(&shared).await, 2);
    });
}

#[test]
fn work_on_a_single_thread_is_done_in_order() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let cpu = Rayon::from(pool(1));
        let (log, notes) = mpsc::channel();
        let calls: Vec<_> = (0..100)
            .map(|turn| {
                let log = log.clone();
                sent(run_sync(move || log.send(turn).unwrap()).on(&cpu))
            })
            .collect();
        drop(log);
        assert!(notes.iter().eq(0..100));
        block_on(join_all(calls));
    });
}

#[test]
fn a_panic_goes_on_in_the_caller_and_leaves_the_pool_as_it_was() {
    on_both(async || {
        let cpu = Rayon::from(pool(1));
        let call = run_sync(|| -> u8 { panic!("overflow") }).on(&cpu).into_result();
        assert_eq!(call.await.unwrap_err().to_string(), "the blocking call panicked: overflow");
        assert_eq!(run_sync(|| 42).on(&cpu).await, 42);
    });
}

/// Rayon aborts the process for a panic that nobody is told of.
#[test]
fn a_result_that_panics_when_it_is_dropped_harms_nobody_else() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let cpu = Rayon::from(pool(1));
        let (begin, begins) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let work = move || {
            begin.send(()).unwrap();
            let _ = released.recv();
            on_drop(|| panic!("not even to be dropped"))
        };
        let call = sent(run_sync(work).on(&cpu));
        begins.recv().unwrap();
        drop(call);
        drop(release);
        assert_eq!(runtime.block_on(run_sync(|| 42).on(&cpu)), 42);
    });
}

#[test]
fn a_call_dropped_while_queued_never_runs_and_frees_its_captures_at_once() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let cpu = Rayon::from(pool(1));
        let (hold, begins, release) = held();
        let hold = sent(hold.on(&cpu));
        begins.recv().unwrap();
        let (call, has_run, alive) = observed_call();
        drop(sent(call.on(&cpu)));
        assert!(is_gone(&alive));
        drop(release);
        block_on(hold);
        assert_eq!(runtime.block_on(run_sync(|| 42).on(&cpu)), 42);
        assert!(!has(&has_run));
    });
}

#[test]
fn calls_are_delivered_after_their_runtime_was_shut_down() {
    for shutdown in SHUTDOWNS {
        for mut builder in flavours() {
            let runtime = builder.build().unwrap();
            let cpu = Rayon::from(pool(1));
            let context = runtime.enter();
            let (hold, begins, release) = held();
            let hold = sent(hold.on(&cpu));
            begins.recv().unwrap();
            let before = sent(run_sync(|| 1).on(&cpu));
            drop(context);
            let handle = runtime.handle().clone();
            shutdown(runtime);
            let _context = handle.enter();
            let after = sent(run_sync(|| 2).on(&cpu));
            drop(release);
            in_time(move || {
                block_on(hold);
                assert_eq!((block_on(before), block_on(after)), (1, 2));
            });
        }
    }
}

#[test]
fn work_is_in_the_runtime_of_its_caller_and_can_await() {
    on_each(|runtime| {
        let seen = run_sync(|| (Handle::current().id(), run_async(run_sync(|| 42)))).on(&CPU);
        assert_eq!(runtime.block_on(seen), (runtime.handle().id(), 42));
    });
}

#[test]
fn work_on_a_full_pool_can_wait_for_work_on_the_same_pool() {
    in_time(|| {
        on_both(async || {
            let cpu = Rayon::from(pool(1));
            let inner = cpu.clone();
            let call = run_sync(move || run_async(run_sync(|| 42).on(&inner)));
            assert_eq!(call.on(&cpu).await, 42);
        });
    });
}

/// Help is for who cannot go on otherwise.
#[test]
fn work_waits_for_a_busy_pool_that_it_does_not_occupy() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let cpu = Rayon::from(pool(1));
        let (hold, begins, release) = held();
        let hold = sent(hold.on(&cpu));
        begins.recv().unwrap();
        let inner = cpu.clone();
        let name = || thread::current().name().map(str::to_owned);
        let (begin, begins) = mpsc::channel();
        let call = sent(run_sync(move || {
            begin.send(()).unwrap();
            run_async(run_sync(name).on(&inner))
        }));
        begins.recv().unwrap();
        // Time enough for help to come.
        runtime.block_on(run_sync(|| run_async(lionpride_concurrency::sleep(0.02))));
        drop(release);
        block_on(hold);
        assert_eq!(block_on(call).as_deref(), Some("own 0"));
    });
}

#[test]
fn each_value_counts_its_own_calls_and_those_of_its_clones() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let (cpu, other) = (Rayon::global(), Rayon::global());
        runtime.block_on(run_sync(|| ()).on(&cpu));
        runtime.block_on(run_sync(|| ()).on(&cpu.clone()));
        let call = run_sync(|| panic!("counted")).on(&cpu).into_result();
        let result: Result<(), _> = runtime.block_on(call);
        assert!(matches!(result, Err(RunSyncError::Panicked(_))));
        assert_eq!(numbers(cpu.stats()), [0, 0, 0, 2, 1, 0]);
        assert_eq!(numbers(other.stats()), [0; 6]);

        let own = Rayon::from(pool(1));
        let (hold, begins, release) = held();
        let hold = sent(hold.on(&own));
        begins.recv().unwrap();
        let dropped = sent(run_sync(|| ()).on(&own));
        let queued = sent(run_sync(|| ()).on(&own));
        drop((dropped, hold));
        assert_eq!(numbers(own.stats()), [1, 1, 1, 0, 0, 1]);
        drop(release);
        block_on(queued);
        until(|| numbers(own.stats()) == [0, 0, 0, 2, 0, 1]);
    });
}

#[test]
fn rayon_tells_which_pool_it_is() {
    assert_eq!(format!("{CPU:?}"), r#"Rayon { pool: "global", .. }"#);
    let own = Rayon::from(pool(1));
    assert_eq!(format!("{own:?}"), r#"Rayon { pool: "of its own", .. }"#);
}
