//! `sleep` and `sleep_until`.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{Either, join_all, select, select_all};
use lionpride_concurrency::{IntoDelay, Sleep, current_time, sleep, sleep_until};
use tokio::time::{Instant, advance};

use crate::support::{Bell, in_time, on_both, panic_of, paused, poll};

use super::{LONGEST, TEN_YEARS, TICK, assert_took};

#[test]
fn a_sleep_is_made_outside_a_runtime() {
    let (delay, deadline) = (sleep(1), sleep_until(current_time() + 1.0));
    let runtime = paused();
    runtime.block_on(async {
        delay.await;
        deadline.await;
    });
}

#[test]
fn a_delay_counts_from_the_first_poll() {
    paused().block_on(async {
        let delay = sleep(10);
        advance(Duration::from_mins(1)).await;
        let start = Instant::now();
        delay.await;
        assert_took(start.elapsed(), Duration::from_secs(10));
    });
}

#[test]
fn a_deadline_does_not_count_from_the_first_poll() {
    paused().block_on(async {
        let start = Instant::now();
        let deadline = sleep_until(current_time() + 10.0);
        advance(Duration::from_secs(4)).await;
        deadline.await;
        assert_took(start.elapsed(), Duration::from_secs(10));
    });
}

#[test]
fn a_delay_is_any_number_of_seconds_or_a_duration() {
    async fn check(delay: impl IntoDelay, expected: Duration) {
        let start = Instant::now();
        sleep(delay).await;
        assert_took(start.elapsed(), expected);
    }
    paused().block_on(async {
        let three = Duration::from_secs(3);
        check(3, three).await;
        check(3_u8, three).await;
        check(3_u16, three).await;
        check(3_u32, three).await;
        check(3_u64, three).await;
        check(3_usize, three).await;
        check(3_i8, three).await;
        check(3_i16, three).await;
        check(3_i64, three).await;
        check(3_isize, three).await;
        check(3.0, three).await;
        check(3.0_f32, three).await;
        check(three, three).await;
        check(0.25, Duration::from_millis(250)).await;
        check(0.25_f32, Duration::from_millis(250)).await;
        check(Duration::from_millis(250), Duration::from_millis(250)).await;
    });
}

#[test]
fn a_delay_is_never_early() {
    on_both(async || {
        for millis in [0.01, 0.3, 1.0, 1.7, 5.0, 10.5] {
            let (start, start_time) = (std::time::Instant::now(), current_time());
            sleep(millis / 1000.0).await;
            assert!(start.elapsed() >= Duration::from_secs_f64(millis / 1000.0));
            assert!(current_time() - start_time >= millis / 1000.0);
        }
    });
}

#[test]
fn a_delay_is_never_early_in_paused_time() {
    paused().block_on(async {
        for step in 1..2_000_u32 {
            let seconds = f64::from(step) * 0.000_137;
            let start = Instant::now();
            sleep(seconds).await;
            let took = start.elapsed().as_secs_f64();
            assert!((seconds..seconds + 0.002).contains(&took), "{took} for {seconds}");
        }
        // Just above what the timer could hit.
        for seconds in [0.001, 0.25, 1.0].map(f64::next_up) {
            let start = Instant::now();
            sleep(seconds).await;
            assert!(start.elapsed().as_secs_f64() >= seconds, "{seconds}");
        }
    });
}

#[test]
fn a_finished_sleep_may_be_polled_again() {
    paused().block_on(async {
        for delay in [0.0, 0.5] {
            let mut finished = pin!(sleep(delay));
            finished.as_mut().await;
            finished.as_mut().await;
        }
    });
}

#[test]
fn the_longest_timer_ends() {
    in_time(|| {
        paused().block_on(async {
            let start = Instant::now();
            sleep(LONGEST).await;
            assert_took(start.elapsed(), LONGEST);
            sleep_until(current_time() + LONGEST.as_secs_f64() - 0.01).await;
            assert!(start.elapsed() + 11 * TICK > 2 * LONGEST);
        });
    });
}

fn endless_sleeps() -> [Sleep; 16] {
    let beyond = LONGEST + TICK;
    [
        sleep(f64::INFINITY),
        sleep(f32::INFINITY),
        sleep(f64::MAX),
        sleep(f32::MAX),
        sleep(u64::MAX),
        sleep(i64::MAX),
        sleep(usize::MAX),
        sleep(Duration::MAX),
        sleep(beyond),
        sleep(beyond.as_secs_f64()),
        sleep(TEN_YEARS),
        sleep_until(f64::INFINITY),
        sleep_until(f64::MAX),
        sleep_until(1e18),
        sleep_until(current_time() + TEN_YEARS.as_secs_f64()),
        sleep_until(current_time() + LONGEST.as_secs_f64() + 0.01),
    ]
}

#[test]
fn what_is_longer_than_the_longest_timer_never_ends() {
    in_time(|| {
        paused().block_on(async {
            let any_of_them = select_all(endless_sleeps().map(Box::pin));
            let decades = Box::pin(async {
                for _ in 0..20 {
                    sleep(LONGEST).await;
                }
            });
            match select(any_of_them, decades).await {
                Either::Left((((), index, _), _)) => panic!("sleep number {index} has ended"),
                Either::Right(((), still_waiting)) => drop(still_waiting),
            }
        });
    });
}

#[test]
fn a_delay_that_is_not_a_number_panics_where_it_is_written() {
    let panics = [
        (panic_of(|| drop(sleep(f64::NAN))), line!()),
        (panic_of(|| drop(sleep(-f64::NAN))), line!()),
        (panic_of(|| drop(sleep(f32::NAN))), line!()),
        (panic_of(|| drop(sleep_until(f64::NAN))), line!()),
        (panic_of(|| f64::NAN.into_delay()), line!()),
    ];
    for (panic, line) in panics {
        assert_eq!((panic.file.as_str(), panic.line), (file!(), line));
        assert!(panic.message.contains("NaN"), "{}", panic.message);
    }
}

#[test]
fn a_timer_polled_outside_a_runtime_panics() {
    let panic = panic_of(|| futures::executor::block_on(sleep(1)));
    assert!(panic.message.to_lowercase().contains("tokio"), "{}", panic.message);
    panic_of(|| futures::executor::block_on(sleep_until(current_time() + 1.0)));
}

#[test]
fn a_dropped_sleep_lets_go_of_its_task() {
    paused().block_on(async {
        let (bell, waker) = Bell::new();
        for pending in [sleep(1), sleep_until(current_time() + 1.0), sleep(f64::INFINITY)] {
            let mut pending = Box::pin(pending);
            assert!(poll(&mut pending, &waker).is_pending());
            drop(pending);
            assert_eq!(Arc::strong_count(&bell), 2);
        }
        advance(Duration::from_secs(2)).await;
        sleep(1).await;
        assert_eq!(bell.count(), 0);
    });
}

#[test]
fn a_deadline_is_reached_when_its_sleep_returns() {
    on_both(async || {
        for step in 0..20_u32 {
            let deadline = current_time() + f64::from(step) * 0.000_271;
            sleep_until(deadline).await;
            assert!(current_time() >= deadline);
        }
    });
}

#[test]
fn a_deadline_is_reached_in_paused_time_after_ten_years_too() {
    paused().block_on(async {
        for _ in 0..2 {
            for step in 0..1_000_u32 {
                let deadline = current_time() + f64::from(step) * 0.000_271;
                sleep_until(deadline).await;
                let late = current_time() - deadline;
                assert!((0.0..0.002).contains(&late), "step {step} is {late} late");

                // Just above what the timer could hit.
                let deadline = (current_time() + 0.25).next_up();
                sleep_until(deadline).await;
                assert!(current_time() >= deadline, "step {step}");
            }
            advance(TEN_YEARS).await;
        }
    });
}

#[test]
fn a_loop_at_a_fixed_rate_does_not_drift() {
    paused().block_on(async {
        let mut next = current_time();
        for work in 0..200 {
            next += 0.1;
            advance(Duration::from_millis(work % 90)).await;
            sleep_until(next).await;
            let late = current_time() - next;
            assert!((0.0..0.002).contains(&late), "turn {work} is {late} late");
        }
    });
}

#[test]
fn sleeps_end_in_the_order_of_their_deadlines() {
    paused().block_on(async {
        let (start, order) = (current_time(), std::cell::RefCell::new(Vec::new()));
        join_all([30, 10, 20].map(async |seconds| {
            sleep(seconds).await;
            order.borrow_mut().push(seconds);
            sleep_until(start + 100.0 - f64::from(seconds)).await;
            order.borrow_mut().push(100 - seconds);
        }))
        .await;
        assert_eq!(order.into_inner(), [10, 20, 30, 70, 80, 90]);
    });
}
