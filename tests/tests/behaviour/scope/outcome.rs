//! What a scope comes to, and when.

use std::cell::Cell;
use std::error::Error;
use std::future::{Future, pending, poll_fn, ready};
use std::io;
use std::pin::pin;
use std::task::{Poll, Waker};
use std::time::Duration;

use futures::executor::block_on;
use lionpride_concurrency::{
    IntoDelay, TimedOut, current_time, fail_after, fail_at, move_on_after, move_on_at, run_sync,
    sleep,
};
use tokio::runtime::Builder;
use tokio::sync::mpsc;
use tokio::task::coop::consume_budget;
use tokio::task::yield_now;
use tokio::time::{Instant, advance};

use crate::support::{captured, in_time, is_gone, on_both, on_drop, panic_of, paused, poll};

const TICK: Duration = Duration::from_millis(1);

#[test]
fn what_ends_in_time_gives_its_output() {
    on_both(async || {
        assert_eq!(fail_after(60, async { 42 }).await, Ok(42));
        assert_eq!(move_on_after(60, async { 42 }).await, Some(42));
        assert_eq!(fail_at(current_time() + 60.0, run_sync(|| 42)).await, Ok(42));
        assert_eq!(move_on_at(current_time() + 60.0, run_sync(|| 42)).await, Some(42));
        assert_eq!(fail_after(60, sleep(0.001)).await, Ok(()));
    });
}

#[test]
fn what_does_not_end_in_time_is_over_at_the_deadline() {
    async fn check(delay: impl IntoDelay + Copy, expected: Duration) {
        let start = Instant::now();
        assert_eq!(fail_after(delay, pending::<()>()).await, Err(TimedOut));
        assert_took(start, expected);
        let start = Instant::now();
        assert_eq!(move_on_after(delay, pending::<()>()).await, None);
        assert_took(start, expected);
    }
    paused().block_on(async {
        let three = Duration::from_secs(3);
        check(3, three).await;
        check(3_u8, three).await;
        check(3_u64, three).await;
        check(3_i64, three).await;
        check(3.0, three).await;
        check(3.0_f32, three).await;
        check(three, three).await;
        check(0.25, Duration::from_millis(250)).await;

        let start = Instant::now();
        assert_eq!(fail_at(current_time() + 3.0, pending::<()>()).await, Err(TimedOut));
        assert_took(start, three);
        let start = Instant::now();
        assert_eq!(move_on_at(current_time() + 3.0, pending::<()>()).await, None);
        assert_took(start, three);
    });
}

fn assert_took(start: Instant, asked: Duration) {
    let took = start.elapsed();
    assert!((asked..=asked + TICK).contains(&took), "{took:?} for {asked:?}");
}

#[test]
fn a_scope_is_never_over_early() {
    on_both(async || {
        for millis in [0.01, 0.3, 1.0, 1.7, 5.0] {
            let (start, deadline) = (std::time::Instant::now(), current_time() + millis / 1000.0);
            assert_eq!(move_on_after(millis / 1000.0, pending::<()>()).await, None);
            assert!(start.elapsed() >= Duration::from_secs_f64(millis / 1000.0));
            assert!(current_time() >= deadline);
            let deadline = current_time() + millis / 1000.0;
            assert_eq!(move_on_at(deadline, pending::<()>()).await, None);
            assert!(current_time() >= deadline);
        }
    });
}

#[test]
fn a_delay_counts_from_the_first_poll_and_a_deadline_does_not() {
    paused().block_on(async {
        let (after, at) =
            (fail_after(3, pending::<()>()), fail_at(current_time() + 10.0, pending::<()>()));
        advance(Duration::from_secs(4)).await;
        let start = Instant::now();
        assert_eq!(after.await, Err(TimedOut));
        assert_took(start, Duration::from_secs(3));
        assert_eq!(at.await, Err(TimedOut));
        assert_took(start, Duration::from_secs(6));
    });
}

/// Every way to have no time at all.
fn without_time<F: Future>(future: impl Fn() -> F) -> Vec<impl Future<Output = Option<F::Output>>> {
    vec![
        move_on_after(0, future()),
        move_on_after(0.0, future()),
        move_on_after(-1, future()),
        move_on_after(-1.5, future()),
        move_on_after(f64::NEG_INFINITY, future()),
        move_on_after(Duration::ZERO, future()),
        move_on_at(current_time(), future()),
        move_on_at(current_time() - 1.0, future()),
        move_on_at(0.0, future()),
        move_on_at(-1.0, future()),
        move_on_at(f64::NEG_INFINITY, future()),
    ]
}

#[test]
fn without_time_what_is_ready_gives_its_output() {
    on_both(async || {
        for scope in without_time(|| ready(42)) {
            assert_eq!(scope.await, Some(42));
        }
        assert_eq!(fail_after(0, ready(42)).await, Ok(42));
        assert_eq!(fail_at(0.0, ready(42)).await, Ok(42));
    });
}

/// Real time: the clock stands between two ticks of the timer.
#[test]
fn without_time_a_future_is_polled_once() {
    on_both(async || {
        for turn in 0..50 {
            let polls = Cell::new(0);
            let counting = || {
                poll_fn(|_| {
                    polls.set(polls.get() + 1);
                    Poll::<()>::Pending
                })
            };
            for (index, scope) in without_time(counting).into_iter().enumerate() {
                let polled = poll(&mut Box::pin(scope), Waker::noop());
                assert_eq!((index, polled), (index, Poll::Ready(None)), "turn {turn}");
                assert_eq!(polls.take(), 1);
            }
        }
    });
}

/// The timer has no chance to hear of it: the poll itself took too long.
#[test]
fn a_deadline_that_passes_in_a_poll_is_seen_at_once() {
    on_both(async || {
        let mut scope = Box::pin(move_on_after(
            0.002,
            poll_fn(|_| {
                let start = current_time();
                while current_time() < start + 0.004 {}
                Poll::<()>::Pending
            }),
        ));
        assert_eq!(poll(&mut scope, Waker::noop()), Poll::Ready(None));
    });
}

#[test]
fn what_ends_in_the_poll_in_which_the_deadline_passes_gives_its_output() {
    paused().block_on(async {
        assert_eq!(fail_after(5, sleep(5)).await, Ok(()));
        let late = async {
            let start = std::time::Instant::now();
            while start.elapsed() < 2 * TICK {}
            42
        };
        assert_eq!(fail_after(0.001, late).await, Ok(42));
    });
}

#[test]
fn a_scope_without_an_end_needs_no_runtime() {
    assert_eq!(block_on(fail_after(f64::INFINITY, ready(42))), Ok(42));
    assert_eq!(block_on(move_on_after(f32::INFINITY, yields(42))), Some(42));
    assert_eq!(block_on(fail_after(f64::MAX, yields(42))), Ok(42));
    assert_eq!(block_on(fail_after(Duration::MAX, yields(42))), Ok(42));
    assert_eq!(block_on(fail_at(f64::INFINITY, yields(42))), Ok(42));
    assert_eq!(block_on(move_on_at(f64::MAX, yields(42))), Some(42));
    let runtime = Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(fail_after(f64::INFINITY, yields(42))), Ok(42));
}

/// Ready at its second poll.
fn yields(n: u32) -> impl Future<Output = u32> {
    let mut is_first = true;
    poll_fn(move |cx| {
        cx.waker().wake_by_ref();
        if std::mem::take(&mut is_first) { Poll::Pending } else { Poll::Ready(n) }
    })
}

#[test]
fn a_scope_is_made_outside_a_runtime_and_needs_one_when_it_is_polled() {
    let scope = fail_after(1, pending::<()>());
    assert_eq!(paused().block_on(scope), Err(TimedOut));
    let scope = fail_after(1, ready(42));
    let message = panic_of(|| block_on(scope)).message;
    assert!(message.to_lowercase().contains("tokio"), "{message}");
    let no_timers = Builder::new_current_thread().build().unwrap();
    let message = panic_of(|| no_timers.block_on(fail_after(1, ready(42)))).message;
    assert!(message.contains("timers are disabled"), "{message}");
}

#[test]
fn an_end_that_is_not_a_number_panics_where_it_is_written() {
    let panics = [
        (panic_of(|| drop(fail_after(f64::NAN, ready(1)))), line!()),
        (panic_of(|| drop(fail_after(f32::NAN, ready(1)))), line!()),
        (panic_of(|| drop(move_on_after(f64::NAN, ready(1)))), line!()),
        (panic_of(|| drop(fail_at(f64::NAN, ready(1)))), line!()),
        (panic_of(|| drop(move_on_at(-f64::NAN, ready(1)))), line!()),
    ];
    for (panic, line) in panics {
        assert_eq!((panic.file.as_str(), panic.line), (file!(), line));
        assert!(panic.message.contains("NaN"), "{}", panic.message);
    }
}

#[test]
fn at_the_deadline_the_future_is_dropped_though_the_scope_is_kept() {
    paused().block_on(async {
        let (value, alive) = captured();
        let mut scope = pin!(fail_after(1, async move {
            pending::<()>().await;
            drop(value);
        }));
        assert!(poll(&mut scope, Waker::noop()).is_pending());
        assert!(!is_gone(&alive));
        assert_eq!(scope.as_mut().await, Err(TimedOut));
        assert!(is_gone(&alive));
    });
}

#[test]
fn with_its_output_the_future_is_dropped_though_the_scope_is_kept() {
    paused().block_on(async {
        let (value, alive) = captured();
        let mut scope = pin!(move_on_after(
            1,
            poll_fn(move |_| {
                drop(value.clone());
                Poll::Ready(())
            })
        ));
        assert_eq!(scope.as_mut().await, Some(()));
        assert!(is_gone(&alive));
    });
}

#[test]
fn a_future_that_panics_when_it_is_dropped_at_the_deadline_leaves_the_scope_over() {
    paused().block_on(async {
        let guard = on_drop(|| panic!("not even to be dropped"));
        let mut scope = Box::pin(fail_after(0, async move {
            let _guard = guard;
            pending::<()>().await;
        }));
        assert_eq!(panic_of(|| poll(&mut scope, Waker::noop())).message, "not even to be dropped");
        let message = panic_of(|| poll(&mut scope, Waker::noop())).message;
        assert!(message.contains("polled after completion"), "{message}");
    });
}

#[test]
fn a_scope_polled_after_its_end_says_so() {
    paused().block_on(async {
        let mut failed = pin!(fail_after(1, pending::<()>()));
        let _ = failed.as_mut().await;
        let message = panic_of(|| poll(&mut failed, Waker::noop())).message;
        assert!(message.contains("polled after completion"), "{message}");

        let mut done = pin!(move_on_after(1, ready(42)));
        assert_eq!(done.as_mut().await, Some(42));
        let message = panic_of(|| poll(&mut done, Waker::noop())).message;
        assert!(message.contains("polled after completion"), "{message}");
    });
}

/// It leaves its task no budget for a timer.
#[test]
fn a_future_that_is_always_busy_is_over_at_the_deadline() {
    in_time(|| {
        on_both(async || {
            let budget = async {
                loop {
                    consume_budget().await;
                }
            };
            assert_eq!(fail_after(0.002, budget).await, Err(TimedOut));

            let (sender, mut items) = mpsc::unbounded_channel();
            sender.send(()).unwrap();
            let items = async {
                while let Some(item) = items.recv().await {
                    sender.send(item).unwrap();
                }
            };
            assert_eq!(fail_after(0.002, items).await, Err(TimedOut));

            let yields = async {
                loop {
                    yield_now().await;
                }
            };
            assert_eq!(tokio::spawn(fail_after(0.002, yields)).await.unwrap(), Err(TimedOut));
        });
    });
}

#[test]
fn a_timeout_is_an_io_error_too() {
    fn both() -> io::Result<()> {
        Err(TimedOut)?;
        Ok(())
    }
    let error = both().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    assert_eq!(error.to_string(), "the deadline has passed");
    assert!(error.get_ref().unwrap().is::<TimedOut>());
    let boxed: Box<dyn Error + Send + Sync> = TimedOut.into();
    assert_eq!(boxed.to_string(), "the deadline has passed");
}

#[test]
fn a_scope_shows_its_end() {
    assert_eq!(format!("{:?}", fail_after(2, ready(1))), "FailAfter { end: After(Some(2s)), .. }");
    assert_eq!(format!("{:?}", move_on_at(2.5, ready(1))), "MoveOnAfter { end: At(2.5), .. }");
}
