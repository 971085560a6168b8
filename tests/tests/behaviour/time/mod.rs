//! `current_time`, `sleep`, `sleep_until`.

mod clock;
mod no_delay;
mod sleep;

use std::time::Duration;

use lionpride_concurrency::{Sleep, current_time, sleep, sleep_until};

/// Every way to say "no delay at all".
const ZEROES: [fn() -> Sleep; 13] = [
    || sleep(0),
    || sleep(0_u64),
    || sleep(0.0),
    || sleep(-0.0),
    || sleep(Duration::ZERO),
    || sleep(-1),
    || sleep(i64::MIN),
    || sleep(-1.5_f32),
    || sleep(f64::NEG_INFINITY),
    || sleep_until(current_time()),
    || sleep_until(current_time() - 1.0),
    || sleep_until(-1.0),
    || sleep_until(f64::NEG_INFINITY),
];

/// The longest timer of tokio, by its documentation.
const LONGEST: Duration = Duration::from_millis(68_719_476_734);

const TEN_YEARS: Duration = Duration::from_hours(10 * 365 * 24);

/// What a timer may add: tokio's are rounded up to a millisecond.
const TICK: Duration = Duration::from_millis(1);

fn assert_took(took: Duration, asked: Duration) {
    assert!(took >= asked, "{took:?} is early for {asked:?}");
    assert!(took <= asked + TICK, "{took:?} is late for {asked:?}");
}
