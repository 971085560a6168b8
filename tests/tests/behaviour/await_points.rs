//! Every future, dropped at every one of its await points: nothing of it stays behind.

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Poll, Waker};
use std::thread;

use futures::StreamExt;
use futures::future::join;
use lionpride_concurrency::{
    Dedicated, Job, Limiter, RunSync, effective_deadline, fail_after, move_on_after, run_async,
    run_sync, shield, sleep, sleep_until, stats, stream_sync,
};
use tokio::runtime::Runtime;
use tokio::task::yield_now;

use crate::support::{drain, hold_a_thread, in_time, paused, poll, with_one_blocking_thread};

/// Polls the future so often at most, and drops it: whether it has ended before that.
async fn ends_within<F: Future>(polls: usize, future: F) -> bool {
    let (mut future, mut left) = (Box::pin(future), polls);
    poll_fn(move |cx| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        match future.as_mut().poll(cx) {
            Poll::Ready(_) => Poll::Ready(true),
            Poll::Pending if left == 0 => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// What a future has and does, counted.
#[derive(Clone, Default)]
struct Counts(Arc<Counters>);

#[derive(Default)]
struct Counters {
    values: AtomicUsize,
    works: AtomicUsize,
}

/// Something that a future has.
struct Value(Counts);

impl Drop for Value {
    fn drop(&mut self) {
        self.0.0.values.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Counts {
    fn value(&self) -> Value {
        self.0.values.fetch_add(1, Ordering::SeqCst);
        Value(self.clone())
    }

    fn values(&self) -> usize {
        self.0.values.load(Ordering::SeqCst)
    }

    fn works(&self) -> usize {
        self.0.works.load(Ordering::SeqCst)
    }

    /// A call that takes a value along and comes back with one.
    fn call(&self) -> RunSync<impl Job<Output = Value> + use<>> {
        let (counts, value) = (self.clone(), self.value());
        run_sync(move || {
            counts.0.works.fetch_add(1, Ordering::SeqCst);
            drop(value);
            counts.value()
        })
    }
}

/// Drops a future after no poll, after one, after two .. until it ends before that. Each time, all
/// that it had goes; `check` is told of the polls, and of what was counted.
fn at_each<F: Future>(
    runtime: &Runtime,
    make: impl Fn(&Counts) -> F,
    check: impl Fn(usize, &Counts),
) {
    for polls in 0..1_000 {
        let counts = Counts::default();
        let has_ended = {
            let _context = runtime.enter();
            let future = make(&counts);
            runtime.block_on(ends_within(polls, future))
        };
        // Work that has begun goes on to its end.
        while counts.values() > 0 {
            runtime.block_on(yield_now());
            thread::yield_now();
        }
        check(polls, &counts);
        assert_eq!(runtime.block_on(async { effective_deadline() }), None);
        if has_ended {
            return;
        }
    }
    panic!("it never ends");
}

/// As [`at_each`], on both flavours, with a pool of one thread that is free again afterwards.
fn at_each_on_both<F: Future>(
    make: impl Fn(&Counts) -> F + Send + 'static,
    check: impl Fn(usize, &Counts) + Send + 'static,
) {
    in_time(move || {
        with_one_blocking_thread(|runtime| {
            at_each(runtime, &make, |polls, counts| {
                drain(runtime.handle());
                check(polls, counts);
            });
        });
    });
}

fn runs_if_polled(polls: usize, counts: &Counts) {
    assert!(counts.works() <= usize::from(polls > 0), "{polls} polls");
}

fn runs_when_polled(polls: usize, counts: &Counts) {
    assert_eq!(counts.works(), usize::from(polls > 0), "{polls} polls");
}

#[test]
fn a_call() {
    at_each_on_both(Counts::call, runs_if_polled);
}

#[test]
fn the_result_of_a_call() {
    at_each_on_both(|counts| counts.call().into_result(), runs_if_polled);
}

#[test]
fn a_shielded_call() {
    at_each_on_both(|counts| counts.call().shielded(), runs_when_polled);
}

tokio::task_local! {
    static LOCAL: Arc<Value>;
}

#[test]
fn a_call_with_a_local() {
    at_each_on_both(
        |counts| LOCAL.scope(Arc::new(counts.value()), counts.call().with_local(&LOCAL)),
        runs_if_polled,
    );
}

fn assert_is_free(limiter: &Limiter) {
    while limiter.in_use() > 0 {
        thread::yield_now();
    }
    assert_eq!((limiter.available(), limiter.waiting()), (limiter.limit(), 0));
    let stats = limiter.stats();
    assert_eq!((stats.queued, stats.running), (0, 0), "{stats:?}");
    // That nobody waited is counted last.
    while limiter.stats().abandoned > 0 {
        thread::yield_now();
    }
}

#[test]
fn a_call_under_a_limiter() {
    static ONE: Limiter = Limiter::new("one", 1);
    at_each_on_both(
        |counts| counts.call().on(&ONE),
        |polls, counts| {
            assert_is_free(&ONE);
            runs_if_polled(polls, counts);
        },
    );
}

#[test]
fn two_calls_under_a_limiter_of_one() {
    static ONE: Limiter = Limiter::new("one", 1);
    at_each_on_both(
        |counts| join(counts.call().on(&ONE), counts.call().on(&ONE)),
        |polls, counts| {
            assert_is_free(&ONE);
            assert!(counts.works() <= 2 * usize::from(polls > 0));
        },
    );
}

#[test]
fn a_call_that_has_its_permit() {
    static ONE: Limiter = Limiter::new("one", 1);
    at_each_on_both(
        |counts| {
            let (counts, value) = (counts.clone(), counts.value());
            let reserved = ONE.try_run(move || {
                drop(value);
                counts.value()
            });
            reserved.unwrap()
        },
        |_, _| assert_is_free(&ONE),
    );
}

#[test]
fn a_call_on_a_dedicated_thread() {
    let dedicated = Dedicated::new("await points", || ());
    let calls = dedicated.clone();
    at_each_on_both(
        move |counts| counts.call().on(&calls),
        move |polls, counts| {
            runs_if_polled(polls, counts);
            let stats = dedicated.stats();
            assert_eq!((stats.queued, stats.panicked), (0, 0), "{stats:?}");
        },
    );
}

#[test]
fn a_stream() {
    for capacity in [1, 3] {
        at_each_on_both(
            move |counts| {
                let (items, value) = (counts.clone(), counts.value());
                let make = move || {
                    let _value = value;
                    [(); 5].map(|()| items.value())
                };
                stream_sync(make, capacity).for_each(async |item| {
                    yield_now().await;
                    drop(item);
                })
            },
            |_, _| (),
        );
    }
}

#[test]
fn a_call_in_scopes() {
    at_each_on_both(|counts| move_on_after(60, fail_after(30, counts.call())), runs_if_polled);
    // The deadline comes before the end, or after it.
    at_each_on_both(|counts| fail_after(0.000_1, move_on_after(60, counts.call())), runs_if_polled);
}

#[test]
fn scopes_in_scopes() {
    in_time(|| {
        for outer in [0, 1, 4, 60] {
            for inner in [0, 2, 60] {
                let scopes = |counts: &Counts| {
                    let (one, other) = (counts.value(), counts.value());
                    fail_after(outer, async move {
                        let _one = one;
                        sleep(1).await;
                        let inside = move_on_after(inner, async move {
                            let _other = other;
                            sleep(1.5).await;
                            sleep_until(0.0).await;
                            sleep(1.5).await;
                        });
                        inside.await.is_some()
                    })
                };
                at_each(&paused(), scopes, |_, _| ());
            }
        }
    });
}

#[test]
fn sleeps() {
    in_time(|| {
        let sleeps = |counts: &Counts| {
            let value = counts.value();
            async move {
                sleep(0).await;
                sleep(0.5).await;
                sleep_until(-1.0).await;
                drop(value);
                yield_now().await;
            }
        };
        at_each(&paused(), sleeps, |_, _| ());
    });
}

#[test]
fn a_shield() {
    at_each_on_both(
        |counts| {
            let (counts, value) = (counts.clone(), counts.value());
            shield(async move {
                let _value = value;
                yield_now().await;
                counts.call().await
            })
        },
        runs_when_polled,
    );
    at_each_on_both(|counts| move_on_after(60, shield(counts.call())), runs_when_polled);
}

#[test]
fn calls_in_calls() {
    at_each_on_both(
        |counts| {
            let (inner, value) = (counts.call(), counts.value());
            run_sync(move || {
                run_async(async move {
                    let _value = value;
                    yield_now().await;
                    let output = inner.await;
                    sleep(0.000_1).await;
                    output
                })
            })
        },
        runs_if_polled,
    );
}

/// Where no thread is to be had, only a shielded call is left.
#[test]
fn a_call_that_waits_for_a_thread() {
    fn drop_queued<F: Future + Unpin>(runtime: &Runtime, make: impl Fn(&Counts) -> F) -> usize {
        let (counts, held) = (Counts::default(), hold_a_thread(runtime.handle()));
        let mut queued = make(&counts);
        assert!(poll(&mut queued, Waker::noop()).is_pending());
        assert_eq!(counts.values(), 1);
        drop(queued);
        let left = counts.values();
        drop(held);
        drain(runtime.handle());
        assert_eq!((counts.values(), counts.works()), (0, left));
        left
    }
    let limiter = Limiter::new("one", 1);
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        assert_eq!(drop_queued(runtime, Counts::call), 0);
        assert_eq!(drop_queued(runtime, |counts| counts.call().into_result()), 0);
        assert_eq!(drop_queued(runtime, |counts| counts.call().with_local(&LOCAL)), 0);
        assert_eq!(drop_queued(runtime, |counts| Box::pin(fail_after(60, counts.call()))), 0);
        assert_eq!(drop_queued(runtime, |counts| counts.call().on(&limiter)), 0);
        assert_is_free(&limiter);
        let taken = limiter.try_run(|| ()).unwrap();
        assert_eq!(drop_queued(runtime, |counts| counts.call().on(&limiter)), 0);
        assert_eq!((limiter.waiting(), limiter.in_use()), (0, 1));
        drop(taken);
        assert_is_free(&limiter);

        assert_eq!(drop_queued(runtime, |counts| counts.call().shielded()), 1);
        assert_eq!(drop_queued(runtime, |counts| counts.call().shielded().on(&limiter)), 1);
        assert_is_free(&limiter);
    });
    // Other tests have calls of their own under way: those that are gone are in no state.
    let stats = stats();
    assert!(stats.dropped >= 8, "{stats:?}");
}
