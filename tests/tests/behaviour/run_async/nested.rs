//! Blocking calls and async code in each other, on pools that are full of them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::task::Waker;
use std::thread;
use std::time::Duration;

use futures::StreamExt;
use futures::future::{BoxFuture, join, join_all};
use lionpride_concurrency::{
    Dedicated, Limiter, fail_after, move_on_after, run_async, run_sync, sleep, stream_sync,
};
use tokio::runtime::Runtime;
use tokio::task::yield_now;

use crate::support::{drain, flavours, in_time, poll, with_one_blocking_thread};

/// Runs the test with a runtime of each flavour and a pool of so many threads.
fn with_pool(threads: usize, test: impl Fn(&Runtime) + Send + 'static) {
    in_time(move || {
        for mut builder in flavours() {
            test(&builder.max_blocking_threads(threads).build().unwrap());
        }
    });
}

/// A blocking call that waits for async code that waits for a blocking call, and so on.
fn alternating(depth: u32) -> BoxFuture<'static, u32> {
    Box::pin(run_sync(move || match depth {
        0 => 0,
        _ => run_async(async move {
            yield_now().await;
            alternating(depth - 1).await + 1
        }),
    }))
}

#[test]
fn colours_alternate_however_deep_on_a_pool_of_one_thread() {
    for depth in [1, 2, 5, 20] {
        with_pool(1, move |runtime| {
            assert_eq!(runtime.block_on(alternating(depth)), depth);
            let task = runtime.spawn(alternating(depth));
            assert_eq!(runtime.block_on(task).unwrap(), depth);
        });
    }
}

/// The outermost sync code is in no call: it is called by async code.
#[test]
fn colours_alternate_where_async_code_calls_sync_code_first() {
    for depth in [0, 1, 5] {
        with_pool(1, move |runtime| {
            assert_eq!(runtime.block_on(async { run_async(alternating(depth)) }), depth);
            let task = runtime.spawn(async move { run_async(alternating(depth)) });
            assert_eq!(runtime.block_on(task).unwrap(), depth);
        });
    }
}

#[test]
fn colours_alternate_where_async_code_on_every_worker_calls_sync_code_first() {
    with_pool(1, |runtime| {
        runtime.block_on(async {
            let tasks = (0..8).map(|_| tokio::spawn(async { run_async(alternating(2)) }));
            for task in tasks.collect::<Vec<_>>() {
                assert_eq!(task.await.unwrap(), 2);
            }
        });
    });
}

/// The same thread is its caller's and its own at once.
#[test]
fn async_code_in_async_code_runs_on_the_same_thread() {
    fn deep(depth: u32) -> u32 {
        if depth == 0 {
            return run_async(async {
                sleep(0.001).await;
                run_sync(|| 0).await
            });
        }
        run_async(async move {
            yield_now().await;
            deep(depth - 1) + 1
        })
    }
    for threads in [1, 4] {
        with_pool(threads, |runtime| {
            assert_eq!(runtime.block_on(run_sync(|| deep(5))), 5);
        });
    }
}

#[test]
fn two_nested_calls_that_wait_for_each_other_both_run_on_a_pool_of_one_thread() {
    with_pool(1, |runtime| {
        let work = || {
            let barrier = Arc::new(Barrier::new(2));
            let met = || {
                let barrier = Arc::clone(&barrier);
                run_sync(move || {
                    barrier.wait();
                })
            };
            run_async(join(met(), met()));
        };
        runtime.block_on(run_sync(work));
    });
}

#[test]
fn several_nested_calls_that_wait_for_each_other_all_run() {
    with_pool(2, |runtime| {
        let work = || {
            let barrier = Arc::new(Barrier::new(4));
            let met = (0..4).map(|_| {
                let barrier = Arc::clone(&barrier);
                run_sync(move || {
                    barrier.wait();
                })
            });
            run_async(join_all(met.collect::<Vec<_>>()));
        };
        runtime.block_on(join(run_sync(work), run_sync(work)));
    });
}

#[test]
fn a_nested_stream_gets_a_thread_on_a_full_pool() {
    with_pool(1, |runtime| {
        let work = || {
            let rows = stream_sync(|| (0..100).map(|row| run_async(async move { row })), 1);
            run_async(rows.fold(0, async |sum, row| sum + row))
        };
        assert_eq!(runtime.block_on(run_sync(work)), 4_950);
    });
}

#[test]
fn a_nested_call_under_its_limiter_gets_a_thread_and_no_second_permit() {
    with_pool(1, |runtime| {
        let limiter = Limiter::new("one", 1);
        let (inner, innermost) = (limiter.clone(), limiter.clone());
        let call = run_sync(move || {
            let nested =
                run_sync(move || run_async(run_sync(move || innermost.in_use()).on(&inner)));
            run_async(nested)
        });
        assert_eq!(runtime.block_on(call.on(&limiter)), 1);
        assert_eq!(limiter.available(), 1);
    });
}

/// Who waits for the permit waits in the pool's only thread; who has it waits for a thread.
#[test]
fn work_that_waits_for_a_permit_lets_its_holder_have_a_thread() {
    with_pool(1, |runtime| {
        let limiter = Limiter::new("one", 1);
        let _context = runtime.enter();
        let (entered, has_entered) = mpsc::channel();
        let (go, may_go) = mpsc::channel::<()>();
        let waits_for = limiter.clone();
        let mut outer = Box::pin(run_sync(move || {
            entered.send(()).unwrap();
            let _ = may_go.recv();
            run_async(run_sync(|| 1).on(&waits_for))
        }));
        let waker = Waker::noop();
        assert!(poll(&mut outer, waker).is_pending());
        has_entered.recv().unwrap();
        let mut holder = run_sync(|| 2).on(&limiter);
        assert!(poll(&mut holder, waker).is_pending());
        drop(go);
        assert_eq!(runtime.block_on(join(outer, holder)), (1, 2));
    });
}

#[test]
fn work_on_a_dedicated_thread_waits_for_other_work_there() {
    with_pool(1, |runtime| {
        let (dedicated, here) = (Dedicated::new("here", || ()), Dedicated::new("there", || ()));
        let name = || thread::current().name().map(str::to_owned);
        let same = dedicated.clone();
        let work = move || {
            let others = join(run_sync(name).on(&same), run_sync(name).on(&here));
            (run_async(others), name())
        };
        let text = |name: &str| Some(name.to_owned());
        let names = runtime.block_on(run_sync(work).on(&dedicated));
        assert_eq!(names, ((text("here"), text("there")), text("here")));
    });
}

#[test]
fn a_timeout_around_a_nested_call_comes_while_that_runs() {
    for threads in [1, 4] {
        with_pool(threads, |runtime| {
            let (release, released) = mpsc::channel::<()>();
            let work = move || {
                let blocked = run_sync(move || released.recv().is_ok());
                run_async(move_on_after(0.002, blocked))
            };
            let outcome = runtime.block_on(fail_after(60, run_sync(work)));
            assert_eq!(outcome, Ok(None));
            drop(release);
        });
    }
}

#[test]
fn a_timeout_around_a_nested_call_comes_while_that_waits_for_a_permit() {
    with_pool(1, |runtime| {
        let limiter = Limiter::new("taken", 1);
        let taken = limiter.try_run(|| ()).unwrap();
        let nested = run_sync(|| ()).on(&limiter);
        let work = || run_async(move_on_after(0.002, nested));
        assert_eq!(runtime.block_on(run_sync(work)), None);
        assert_eq!(limiter.waiting(), 0);
        drop(taken);
        assert_eq!(limiter.available(), 1);
    });
}

#[test]
fn nothing_hangs_under_load() {
    for threads in [1, 4] {
        with_pool(threads, |runtime| {
            runtime.block_on(async {
                let done = Arc::new(AtomicUsize::new(0));
                let tasks = (0..64).map(|task| {
                    let done = Arc::clone(&done);
                    tokio::spawn(async move {
                        for turn in 0..3 {
                            let depth = (task + turn) % 4;
                            assert_eq!(alternating(depth).await, depth);
                        }
                        done.fetch_add(1, Ordering::SeqCst);
                    })
                });
                for task in tasks.collect::<Vec<_>>() {
                    task.await.unwrap();
                }
                assert_eq!(done.load(Ordering::SeqCst), 64);
            });
        });
    }
}

#[test]
fn nothing_hangs_under_load_with_timeouts_and_limits() {
    static LOADED: Limiter = Limiter::new("loaded", 2);
    with_pool(4, |runtime| {
        runtime.block_on(async {
            let tasks = (0..64_u32).map(|task| {
                tokio::spawn(async move {
                    let nested = run_sync(move || {
                        run_async(async {
                            sleep(Duration::from_micros(u64::from(task) * 50)).await;
                            alternating(2).await
                        })
                    });
                    let outcome = move_on_after(0.004, nested.on(&LOADED)).await;
                    assert!(outcome.is_none_or(|depth| depth == 2));
                })
            });
            for task in tasks.collect::<Vec<_>>() {
                task.await.unwrap();
            }
        });
        // What was left running ends, too.
        while LOADED.available() < 2 {
            thread::yield_now();
        }
        assert_eq!(LOADED.waiting(), 0);
    });
}

#[test]
fn a_call_that_was_rescued_does_not_run_twice() {
    with_one_blocking_thread(|runtime| {
        for _ in 0..20 {
            let runs = Arc::new(AtomicUsize::new(0));
            let counter = Arc::clone(&runs);
            let work = move || {
                let nested = (0..4).map(|_| {
                    let counter = Arc::clone(&counter);
                    run_sync(move || counter.fetch_add(1, Ordering::SeqCst))
                });
                run_async(join_all(nested.collect::<Vec<_>>()));
            };
            runtime.block_on(run_sync(work));
            drain(runtime.handle());
            assert_eq!(runs.load(Ordering::SeqCst), 4);
        }
    });
}
