//! `is_cancelled`, `check_cancelled`, and how work ends whose caller is gone.

use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::mpsc;
use std::task::Waker;
use std::thread;
use std::time::Duration;

use futures::future::{Either, select};
use lionpride_concurrency::{
    Cancelled, Job, Limiter, RunSync, check_cancelled, fail_after, is_cancelled, move_on_after,
    move_on_at, run_async, run_sync, shield, sleep,
};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::{spawn_blocking, yield_now};

use crate::support::{
    captured, drain, flavours, hold_a_thread, in_time, is_gone, on_both, on_drop, on_each,
    panic_of, poll, with_one_blocking_thread,
};

/// What tells that work has begun.
type Started = oneshot::Receiver<()>;

/// A call whose work goes on until it is told to stop, and tells how it was told.
fn endless() -> (RunSync<impl Job<Output = ()>>, Started, mpsc::Receiver<Told>) {
    endless_until(|| ())
}

/// As [`endless`], and does something after it was told.
fn endless_until(
    last: impl FnOnce() + Send + 'static,
) -> (RunSync<impl Job<Output = ()>>, Started, mpsc::Receiver<Told>) {
    let (started, has_started) = oneshot::channel();
    let (stopped, has_stopped) = mpsc::channel();
    let call = run_sync(move || {
        started.send(()).unwrap();
        while check_cancelled().is_ok() {
            thread::yield_now();
        }
        stopped.send(told()).unwrap();
        last();
    });
    (call, has_started, has_stopped)
}

type Told = (bool, Result<(), Cancelled>);

fn told() -> Told {
    (is_cancelled(), check_cancelled())
}

const UNTOLD: Told = (false, Ok(()));
const CANCELLED: Told = (true, Err(Cancelled));

/// Fails if the test hangs, on either flavour.
fn on_each_in_time(test: impl Fn(&Runtime) + Send + 'static) {
    in_time(move || on_each(test));
}

/// Waits while the runtime goes on: the timers of a current-thread one need that.
fn within<R: Send + 'static>(runtime: &Runtime, wait: impl FnOnce() -> R + Send + 'static) -> R {
    runtime.block_on(async { spawn_blocking(wait).await.unwrap() })
}

type Boxed = Pin<Box<dyn Future<Output = ()> + Send>>;

type Leave = fn(Boxed, Started) -> Boxed;

/// Every way in which a caller can go away. The call has begun then.
const WAYS_TO_LEAVE: [(&str, Leave); 5] = [
    ("dropped", |call, started| Box::pin(async { drop(begun(call, started).await) })),
    ("timed out", |call, started| {
        Box::pin(async {
            let call = begun(call, started).await;
            assert!(fail_after(0, call).await.is_err());
        })
    }),
    ("timed out by tokio", |call, started| {
        Box::pin(async {
            let call = begun(call, started).await;
            assert!(tokio::time::timeout(Duration::ZERO, call).await.is_err());
        })
    }),
    ("lost a race", |call, started| {
        Box::pin(async {
            tokio::select! {
                () = call => panic!("it has no end"),
                started = started => started.unwrap(),
            }
        })
    }),
    ("aborted", |call, started| {
        Box::pin(async {
            let task = tokio::spawn(call);
            started.await.unwrap();
            task.abort();
            assert!(task.await.unwrap_err().is_cancelled());
        })
    }),
];

/// The call, once its work has begun.
async fn begun(call: Boxed, started: Started) -> Boxed {
    match select(call, started).await {
        Either::Right((started, call)) => {
            started.unwrap();
            call
        }
        Either::Left(_) => panic!("it has no end"),
    }
}

#[test]
fn nothing_is_cancelled_outside_a_call() {
    assert_eq!(told(), UNTOLD);
    on_both(async || {
        assert_eq!(told(), UNTOLD);
        // Nor where a deadline has passed.
        assert_eq!(move_on_at(0.0, async { told() }).await, Some(UNTOLD));
        assert_eq!(tokio::spawn(async { told() }).await.unwrap(), UNTOLD);
        assert_eq!(tokio::task::spawn_blocking(told).await.unwrap(), UNTOLD);
        assert_eq!(run_sync(told).run_inline(), UNTOLD);
    });
}

#[test]
fn a_call_that_is_waited_for_is_not_cancelled() {
    on_both(async || {
        assert_eq!(run_sync(told).await, UNTOLD);
        assert_eq!(run_sync(told).shielded().await, UNTOLD);
        assert_eq!(run_sync(told).into_result().await.unwrap(), UNTOLD);
        assert_eq!(fail_after(60, run_sync(told)).await, Ok(UNTOLD));
        let nested = run_sync(|| run_async(async { (told(), run_sync(told).await) }));
        assert_eq!(nested.await, (UNTOLD, UNTOLD));
    });
}

#[test]
fn work_is_cancelled_when_its_caller_has_gone_away() {
    for (way, leave) in WAYS_TO_LEAVE {
        on_each_in_time(move |runtime| {
            let (call, has_started, has_stopped) = endless();
            runtime.block_on(leave(Box::pin(call), has_started));
            assert_eq!(has_stopped.recv(), Ok(CANCELLED), "{way}");
        });
    }
}

#[test]
fn work_is_cancelled_when_the_future_of_its_result_is_dropped() {
    on_each_in_time(|runtime| {
        let (call, has_started, has_stopped) = endless();
        let call = async { drop(call.into_result().await) };
        runtime.block_on(async { drop(begun(Box::pin(call), has_started).await) });
        assert_eq!(has_stopped.recv(), Ok(CANCELLED));
    });
}

/// Nobody polls the scope again: its caller is still there, and nothing was dropped.
#[test]
fn a_passed_deadline_stops_work_whose_caller_still_waits() {
    on_each_in_time(|runtime| {
        let _context = runtime.enter();
        let (call, _started, has_stopped) = endless();
        let mut scope = Box::pin(fail_after(0.1, call));
        assert!(poll(&mut scope, Waker::noop()).is_pending());
        assert_eq!(has_stopped.recv(), Ok((false, Err(Cancelled))));
    });
}

#[test]
fn a_deadline_around_the_caller_of_a_caller_stops_work() {
    on_each_in_time(|runtime| {
        let _context = runtime.enter();
        let (call, _started, has_stopped) = endless();
        let mut scope = Box::pin(fail_after(0.1, run_sync(|| run_async(call))));
        assert!(poll(&mut scope, Waker::noop()).is_pending());
        assert_eq!(has_stopped.recv(), Ok((false, Err(Cancelled))));
    });
}

#[test]
fn a_scope_in_the_work_does_not_make_a_deadline_of_it_afterwards() {
    on_both(async || {
        let work = || {
            let inside = run_async(move_on_at(0.0, async { told() }));
            (inside, told())
        };
        assert_eq!(run_sync(work).await, (Some((false, Err(Cancelled))), UNTOLD));
    });
}

#[test]
fn a_shielded_call_is_never_cancelled() {
    on_each_in_time(|runtime| {
        let (gone, is_gone) = mpsc::channel::<()>();
        let (answer, answers) = mpsc::channel();
        let (started, has_started) = oneshot::channel();
        let call = run_sync(move || {
            started.send(()).unwrap();
            let _ = is_gone.recv();
            // What it waits for it gets, too.
            answer
                .send((
                    told(),
                    run_async(async {
                        yield_now().await;
                        told()
                    }),
                ))
                .unwrap();
        });
        let call = fail_after(0.0, call.shielded());
        runtime.block_on(async {
            assert!(call.await.is_err());
            has_started.await.unwrap();
        });
        drop(gone);
        assert_eq!(answers.recv(), Ok((UNTOLD, UNTOLD)));
    });
}

#[test]
fn a_shielded_call_in_a_cancelled_one_is_not_cancelled() {
    on_each_in_time(|runtime| {
        let (gone, is_gone) = mpsc::channel::<()>();
        let (answer, answers) = mpsc::channel();
        let (started, has_started) = oneshot::channel();
        let shielded = run_sync(move || {
            started.send(()).unwrap();
            let _ = is_gone.recv();
            let nested = || {
                run_async(async {
                    sleep(0.001).await;
                    run_sync(told).await
                })
            };
            answer.send((told(), nested())).unwrap();
        });
        let call = run_sync(move || {
            let _gone = gone;
            run_async(fail_after(60, shielded.shielded()))
        });
        let call = async {
            let _ = call.await;
        };
        runtime.block_on(async { drop(begun(Box::pin(call), has_started).await) });
        assert_eq!(within(runtime, move || answers.recv()), Ok((UNTOLD, UNTOLD)));
    });
}

#[test]
fn a_call_is_cancelled_with_each_call_around_it() {
    for (way, leave) in WAYS_TO_LEAVE {
        for layers in [1, 2, 5] {
            on_each_in_time(move |runtime| {
                let (release, released) = mpsc::channel::<()>();
                // It ends after all that is around it.
                let (innermost, has_started, has_stopped) = endless_until(move || {
                    let _ = released.recv();
                });
                let (ended, has_ended) = mpsc::channel();
                let mut call: Boxed = Box::pin(innermost);
                for layer in 1..=layers {
                    call = Box::pin(run_sync(layer_around(call, layer, ended.clone())));
                }
                drop(ended);
                runtime.block_on(leave(call, has_started));
                assert_eq!(has_stopped.recv(), Ok(CANCELLED), "{way}");
                let mut ends = has_ended.iter().collect::<Vec<_>>();
                ends.sort_unstable();
                let expected = (1..=layers).flat_map(|layer| {
                    [(layer, "async code dropped"), (layer, "work unwound as cancelled")]
                });
                assert_eq!(ends, expected.collect::<Vec<_>>(), "{way}");
                drop(release);
            });
        }
    }
}

/// Work that waits for `inner`, and tells how both of its colours end.
fn layer_around(
    inner: Boxed,
    layer: usize,
    ended: mpsc::Sender<(usize, &'static str)>,
) -> impl FnOnce() + Send {
    move || {
        let dropped = ended.clone();
        let waits = catch_unwind(AssertUnwindSafe(|| {
            run_async(async move {
                let _guard = on_drop(move || dropped.send((layer, "async code dropped")).unwrap());
                inner.await;
            });
        }));
        let payload = waits.expect_err("the caller is gone");
        assert!(payload.is::<Cancelled>());
        assert_eq!(told(), CANCELLED);
        ended.send((layer, "work unwound as cancelled")).unwrap();
        resume_unwind(payload);
    }
}

/// Runs `work`, and drops its call when the work says so; returns when the work has ended.
fn abandon<R: Send + 'static>(
    runtime: &Runtime,
    limiter: &Limiter,
    work: impl FnOnce(oneshot::Sender<()>) -> R + Send + 'static,
) {
    let (started, has_started) = oneshot::channel();
    let (ended, has_ended) = mpsc::channel::<()>();
    let call = run_sync(move || {
        let _ended = ended;
        work(started)
    });
    let call = call.on(limiter);
    let call = async { drop(call.await) };
    runtime.block_on(async { drop(begun(Box::pin(call), has_started).await) });
    assert!(within(runtime, move || has_ended.recv()).is_err());
}

/// As [`abandon`], for work that waits for async code; returns what the work tells of it.
fn tell_of_abandoned<T: Send + 'static>(
    runtime: &Runtime,
    work: impl FnOnce(oneshot::Sender<()>, mpsc::Sender<T>) + Send + 'static,
) -> Vec<T> {
    let (tell, told) = mpsc::channel();
    abandon(runtime, &Limiter::new("abandoned", 1), move |started| work(started, tell));
    told.iter().collect() // the work has ended
}

/// Tells that the work waits, from within what it waits for, and waits for ever.
async fn forever(started: oneshot::Sender<()>) {
    started.send(()).unwrap();
    pending::<()>().await;
}

#[test]
fn cancelled_work_unwinds_past_the_panic_hook() {
    on_each_in_time(|runtime| {
        let messages = tell_of_abandoned(runtime, |started, tell| {
            let outer = panic_of(|| panic_of(|| run_async(forever(started))));
            tell.send(outer.message).unwrap();
        });
        assert_eq!(messages, ["the panic was raised anew, past the hook"]);
    });
}

#[test]
fn work_that_was_cancelled_has_not_panicked() {
    on_each_in_time(|runtime| {
        let limiter = Limiter::new("abandoned", 1);
        abandon(runtime, &limiter, |started| run_async(forever(started)));
        // The permit is free once the work has been counted.
        runtime.block_on(run_sync(|| ()).on(&limiter));
        let stats = limiter.stats();
        assert_eq!((stats.finished, stats.panicked, stats.dropped), (2, 0, 0));
        assert_eq!((stats.queued, stats.running), (0, 0));
        // That nobody waited is counted last.
        while limiter.stats().abandoned > 0 {
            thread::yield_now();
        }
    });
}

#[test]
fn cancelled_work_that_panics_otherwise_has_panicked() {
    on_each_in_time(|runtime| {
        let limiter = Limiter::new("abandoned", 1);
        abandon(runtime, &limiter, |started| {
            let _ = catch_unwind(AssertUnwindSafe(|| run_async(forever(started))));
            panic!("nobody hears this");
        });
        runtime.block_on(run_sync(|| ()).on(&limiter));
        assert_eq!((limiter.stats().finished, limiter.stats().panicked), (1, 1));
    });
}

#[test]
fn cancelled_work_gets_what_is_ready_and_waits_for_nothing_else() {
    on_each_in_time(|runtime| {
        let answers = tell_of_abandoned(runtime, |started, tell| {
            let again = || catch_unwind(AssertUnwindSafe(|| run_async(pending::<()>())));
            let _ = catch_unwind(AssertUnwindSafe(|| run_async(forever(started))));
            tell.send(run_async(async { 42 }) == 42).unwrap();
            tell.send(again().unwrap_err().is::<Cancelled>()).unwrap();
            tell.send(again().unwrap_err().is::<Cancelled>()).unwrap();
        });
        assert_eq!(answers, [true, true, true]);
    });
}

/// It wakes itself all the time: there is never a moment to wait in.
#[test]
fn cancelled_work_does_not_wait_for_async_code_that_is_always_busy() {
    on_each_in_time(|runtime| {
        let answers = tell_of_abandoned(runtime, |started, tell| {
            let busy = async {
                started.send(()).unwrap();
                loop {
                    yield_now().await;
                }
            };
            let end = catch_unwind(AssertUnwindSafe(|| run_async(busy)));
            tell.send(end.is_err_and(|payload: Box<_>| payload.is::<Cancelled>())).unwrap();
        });
        assert_eq!(answers, [true]);
    });
}

/// A second panic while the first unwinds would end the process.
#[test]
fn what_cleans_up_while_cancelled_work_unwinds_can_wait_for_async_code() {
    on_each_in_time(|runtime| {
        let answers = tell_of_abandoned(runtime, |started, tell| {
            let _clean_up = on_drop(|| {
                tell.send(run_async(async {
                    sleep(0.001).await;
                    run_sync(|| {
                        run_async(async {
                            sleep(0.001).await;
                            42
                        })
                    })
                    .await
                }))
                .unwrap();
            });
            run_async(forever(started));
        });
        assert_eq!(answers, [42]);
    });
}

#[test]
fn what_cleans_up_where_cancelled_async_code_is_dropped_can_wait_for_async_code() {
    on_each_in_time(|runtime| {
        let answers = tell_of_abandoned(runtime, |started, tell| {
            let clean_up = |number| {
                let tell = tell.clone();
                on_drop(move || {
                    run_async(sleep(0.001));
                    tell.send(number).unwrap();
                })
            };
            let guards = [clean_up(1), clean_up(2)];
            run_async(async {
                let _guards = guards;
                forever(started).await;
            });
        });
        assert_eq!(answers, [1, 2]);
    });
}

#[test]
fn a_shielded_clean_up_of_cancelled_work_runs_to_its_end() {
    on_each_in_time(|runtime| {
        let (cleaned, is_clean) = oneshot::channel();
        abandon(runtime, &Limiter::new("abandoned", 1), |started| {
            let _ = catch_unwind(AssertUnwindSafe(|| run_async(forever(started))));
            run_async(shield(async {
                sleep(0.001).await;
                cleaned.send(run_sync(told).await).unwrap();
            }));
        });
        assert_eq!(runtime.block_on(is_clean), Ok(UNTOLD));
    });
}

#[test]
fn a_call_that_waits_for_a_thread_is_dropped_with_the_work_that_waits_for_it() {
    with_one_blocking_thread(|runtime| {
        let held = hold_a_thread(runtime.handle());
        let (value, alive) = captured();
        let (ran, has_run) = mpsc::channel::<()>();
        let threads = lionpride_concurrency::Dedicated::new("caller", || ());
        let (started, has_started) = oneshot::channel();
        let limiter = Limiter::new("taken", 1);
        let taken = limiter.try_run(|| ()).unwrap();
        let nested = run_sync(move || drop((ran, value))).on(&limiter);
        let call = run_sync(move || {
            run_async(async {
                let mut nested = nested;
                assert!(poll(&mut nested, Waker::noop()).is_pending());
                started.send(()).unwrap();
                nested.await;
            });
        });
        let call = call.on(&threads);
        runtime.block_on(async { drop(begun(Box::pin(call), has_started).await) });
        runtime.block_on(run_sync(|| ()).on(&threads));
        assert!(is_gone(&alive));
        assert!(has_run.recv().is_err());
        assert_eq!(limiter.waiting(), 0);
        drop((held, taken));
        drain(runtime.handle());
        assert_eq!(limiter.stats().dropped, 1);
    });
}

/// The drop races with the start of each layer, its waiting and its end.
#[test]
fn a_nest_of_calls_dropped_at_any_moment_ends() {
    in_time(|| {
        for mut builder in flavours() {
            let runtime = builder.max_blocking_threads(4).build().unwrap();
            let _context = runtime.enter();
            let mut all = Vec::new();
            for turn in 0..400 {
                let (value, alive) = captured();
                let mut call = run_sync(move || {
                    let inner = run_sync(move || {
                        run_async(yield_now());
                        drop(value);
                    });
                    run_async(async {
                        yield_now().await;
                        inner.await;
                    });
                });
                assert!(poll(&mut call, Waker::noop()).is_pending());
                for _ in 0..(turn % 40) * 50 {
                    std::hint::spin_loop();
                }
                drop(call);
                all.push(alive);
            }
            while !all.iter().all(is_gone) {
                thread::yield_now();
            }
        }
    });
}

#[test]
fn cancelled_says_what_it_is() {
    let error: Box<dyn std::error::Error + Send + Sync> = Cancelled.into();
    let message = "the call is cancelled: its caller is gone, or its deadline has passed";
    assert_eq!(error.to_string(), message);
    on_both(async || {
        // It is not timed out: the work had its say first.
        let said = run_sync(|| check_cancelled().map(|()| 42));
        assert_eq!(move_on_after(60, said).await, Some(Ok(42)));
    });
}
