//! `poll_until` and `poll_until_with`.

use std::cell::Cell;
use std::future::pending;
use std::iter;
use std::panic::panic_any;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::task::Waker;
use std::time::Duration;

use backon::{BackoffBuilder, ConstantBuilder, ExponentialBuilder, FibonacciBuilder};
use futures::FutureExt;
use lionpride_concurrency::{
    TimedOut, effective_deadline, fail_after, fail_at, poll_until, poll_until_with, run_sync, sleep,
};
use tokio::time::Instant;

use super::{spawnable, tenths};
use crate::support::{captured, is_gone, on_both, panic_of, paused, payload_of, poll};

const SECOND: Duration = Duration::from_secs(1);

/// A check that is never true, and notes in tenths of a second when it was asked.
fn never(asked: &mut Vec<u128>) -> impl AsyncFnMut() -> bool {
    let start = Instant::now();
    async move || {
        asked.push(tenths(start));
        false
    }
}

#[test]
fn it_asks_first_and_then_waits() {
    // Outside a runtime: there is no timer.
    let mut asked = 0;
    let at_once = poll_until(f64::INFINITY, async || {
        asked += 1;
        true
    });
    assert_eq!(at_once.now_or_never(), Some(()));
    assert_eq!(asked, 1);
    let at_once = poll_until_with([SECOND], async || true);
    assert_eq!(at_once.now_or_never(), Some(true));
}

#[test]
fn it_is_inert_until_it_is_polled() {
    let asked = Cell::new(0);
    let check = async || {
        asked.set(asked.get() + 1);
        true
    };
    drop(poll_until(1, &check));
    drop(poll_until_with([SECOND], &check));
    assert_eq!(asked.get(), 0);
}

#[test]
fn the_wait_counts_from_the_last_answer() {
    paused().block_on(async {
        let (start, mut asked) = (Instant::now(), Vec::new());
        poll_until(1, async || {
            asked.push(tenths(start));
            sleep(0.3).await;
            asked.len() == 4
        })
        .await;
        assert_eq!(asked, [0, 13, 26, 39]);
        assert_eq!(tenths(start), 42);
    });
}

#[test]
fn a_wait_is_seconds_or_a_duration() {
    paused().block_on(async {
        for take in [0, 1] {
            let start = Instant::now();
            let mut left = 3;
            let check = async || {
                left -= 1;
                left == 0
            };
            match take {
                0 => poll_until(0.5, check).await,
                _ => poll_until(Duration::from_millis(500), check).await,
            }
            assert_eq!(tenths(start), 10);
        }
    });
}

#[test]
fn a_wait_that_is_not_a_number_panics_where_it_is_written() {
    let (panic, line) = (panic_of(|| drop(poll_until(f64::NAN, async || true))), line!());
    assert_eq!((panic.file.as_str(), panic.line), (file!(), line));
    assert!(panic.message.contains("NaN"), "{}", panic.message);
}

#[test]
fn no_wait_lets_the_others_run_and_no_time_pass() {
    paused().block_on(async {
        for every in [0, -1] {
            let (start, is_set) = (Instant::now(), Arc::new(AtomicBool::new(false)));
            let flag = Arc::clone(&is_set);
            tokio::spawn(async move { flag.store(true, SeqCst) });
            let mut asked = 0;
            poll_until(every, async || {
                asked += 1;
                is_set.load(SeqCst)
            })
            .await;
            assert_eq!(asked, 2);
            assert_eq!(start.elapsed(), Duration::ZERO);
        }
    });
}

#[test]
fn an_endless_wait_never_asks_again() {
    paused().block_on(async {
        let mut asked = Vec::new();
        let endless = poll_until(f64::INFINITY, never(&mut asked));
        assert_eq!(fail_after(1_000_000, endless).await, Err(TimedOut));
        assert_eq!(asked, [0]);
    });
}

#[test]
fn the_deadline_comes_on_time_however_long_the_wait() {
    paused().block_on(async {
        for every in [5, 1_000] {
            let (start, mut asked) = (Instant::now(), Vec::new());
            let waiting = poll_until(every, never(&mut asked));
            assert_eq!(fail_after(3, waiting).await, Err(TimedOut));
            assert_eq!((tenths(start), asked), (30, vec![0]));

            let (start, mut asked) = (Instant::now(), Vec::new());
            let intervals = iter::repeat(SECOND * every);
            let waiting = poll_until_with(intervals, never(&mut asked));
            assert_eq!(fail_after(3, waiting).await, Err(TimedOut));
            assert_eq!((tenths(start), asked), (30, vec![0]));
        }
    });
}

#[test]
fn it_asks_until_the_deadline_and_not_after_it() {
    paused().block_on(async {
        let (start, mut asked) = (Instant::now(), Vec::new());
        assert_eq!(fail_after(2.5, poll_until(1, never(&mut asked))).await, Err(TimedOut));
        assert_eq!(tenths(start), 25);
        sleep(10).await;
        assert_eq!(asked, [0, 10, 20]);
    });
}

#[test]
fn the_deadline_drops_a_check_that_hangs() {
    paused().block_on(async {
        let (start, (value, alive)) = (Instant::now(), captured());
        let hanging = poll_until(1, async || {
            let _held = Arc::clone(&value);
            pending().await
        });
        assert_eq!(fail_after(0.5, hanging).await, Err(TimedOut));
        assert_eq!(tenths(start), 5);
        drop(value);
        assert!(is_gone(&alive));
    });
}

#[test]
fn a_check_sees_the_deadline() {
    paused().block_on(async {
        let deadline = lionpride_concurrency::current_time() + 60.0;
        let mut seen = Vec::new();
        let both = poll_until(1, async || {
            seen.push((effective_deadline(), run_sync(effective_deadline).await));
            seen.len() == 2
        });
        assert_eq!(fail_at(deadline, both).await, Ok(()));
        assert_eq!(seen, [(Some(deadline), Some(deadline)); 2]);
    });
}

#[test]
fn dropping_it_drops_the_check_and_asks_no_more() {
    paused().block_on(async {
        for in_check in [false, true] {
            let (value, alive) = captured();
            let asked = Rc::new(Cell::new(0));
            let count = Rc::clone(&asked);
            let mut waiting = Box::pin(poll_until(1, async move || {
                count.set(count.get() + Arc::strong_count(&value));
                if in_check { pending().await } else { false }
            }));
            assert!(poll(&mut waiting, Waker::noop()).is_pending());
            assert!(!is_gone(&alive));
            drop(waiting);
            assert!(is_gone(&alive));
            sleep(10).await;
            assert_eq!(asked.get(), 1);
        }
    });
}

#[test]
fn a_panic_of_the_check_goes_on() {
    let payload = payload_of(|| paused().block_on(poll_until(1, async || panic_any(7_u8))));
    assert_eq!(payload.downcast_ref(), Some(&7_u8));
    let mut asked = 0;
    let second = poll_until_with([SECOND; 3], async || {
        asked += 1;
        if asked == 2 { panic_any(8_u8) } else { false }
    });
    let payload = payload_of(|| paused().block_on(second));
    assert_eq!(payload.downcast_ref(), Some(&8_u8));
}

#[test]
fn each_interval_is_waited_for_and_the_last_is_followed_by_a_check() {
    paused().block_on(async {
        let (start, mut asked) = (Instant::now(), Vec::new());
        let intervals = [1, 2, 4].map(|tenths| Duration::from_millis(tenths * 100));
        assert!(!poll_until_with(intervals, never(&mut asked)).await);
        assert_eq!(asked, [0, 1, 3, 7]);
        assert_eq!(tenths(start), 7);

        for ready_at in 1..=4 {
            let mut asked = 0;
            let is_ready = poll_until_with(intervals, async || {
                asked += 1;
                asked == ready_at
            });
            assert!(is_ready.await);
            assert_eq!(asked, ready_at);
        }
    });
}

#[test]
fn no_intervals_make_one_check() {
    let mut asked = 0;
    let once = poll_until_with([], async || {
        asked += 1;
        false
    });
    assert_eq!(once.now_or_never(), Some(false));
    assert_eq!(asked, 1);
}

/// An interval may be made of what the last check has found.
#[test]
fn an_interval_is_asked_for_after_the_check_before_it() {
    paused().block_on(async {
        let log = Rc::new(std::cell::RefCell::new(Vec::new()));
        let intervals = iter::from_fn(|| {
            log.borrow_mut().push("interval");
            Some(SECOND)
        });
        let check = async || {
            log.borrow_mut().push("check");
            log.borrow().len() > 3
        };
        assert!(poll_until_with(intervals, check).await);
        assert_eq!(*log.borrow(), ["check", "interval", "check", "interval", "check"]);
    });
}

#[test]
fn the_backoffs_of_backon_are_intervals() {
    paused().block_on(async {
        let exponential = ExponentialBuilder::default()
            .with_min_delay(SECOND)
            .with_max_delay(SECOND * 4)
            .with_max_times(4);
        let mut asked = Vec::new();
        assert!(!poll_until_with(exponential.build(), never(&mut asked)).await);
        assert_eq!(asked, [0, 10, 30, 70, 110]);

        let constant = ConstantBuilder::default().with_delay(SECOND).with_max_times(2);
        let mut asked = Vec::new();
        assert!(!poll_until_with(constant.build(), never(&mut asked)).await);
        assert_eq!(asked, [0, 10, 20]);

        let fibonacci = FibonacciBuilder::default().with_min_delay(SECOND).without_max_times();
        let mut asked = Vec::new();
        let endless = poll_until_with(fibonacci.build(), never(&mut asked));
        assert_eq!(fail_after(8, endless).await, Err(TimedOut));
        assert_eq!(asked, [0, 10, 20, 40, 70]);
    });
}

/// The future of a check cannot be bound: what it is shows where the closure is known.
#[test]
fn it_can_be_spawned() {
    on_both(async || {
        tokio::spawn(poll_until(0.1, async || true)).await.unwrap();
        let mut left = 2;
        let check = async move || {
            left -= 1;
            run_sync(move || left == 0).await
        };
        tokio::spawn(spawnable(poll_until(0.001, check))).await.unwrap();

        let is_set = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&is_set);
        let waiting = spawnable(poll_until(0, async move || is_set.load(SeqCst)));
        let waiting = tokio::spawn(waiting);
        flag.store(true, SeqCst);
        waiting.await.unwrap();

        let backoff = ExponentialBuilder::default().with_jitter().build();
        assert!(tokio::spawn(poll_until_with(backoff, async || true)).await.unwrap());
    });
}

/// A closure may borrow, and be for one thread.
#[test]
fn it_takes_what_cannot_be_spawned() {
    paused().block_on(async {
        let (mut log, name) = (Vec::new(), Rc::new("name"));
        poll_until(1, async || {
            log.push(&name);
            log.len() == 2
        })
        .await;
        assert_eq!(log.len(), 2);
        poll_until(1, || async { true }).await;
    });
}
