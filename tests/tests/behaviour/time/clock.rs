//! `current_time`.

use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use lionpride_concurrency::{current_time, run_sync};
use tokio::runtime::Builder;
use tokio::time::advance;

use crate::support::paused;

use super::TEN_YEARS;

#[test]
fn the_clock_runs_outside_a_runtime() {
    let start = current_time();
    assert!(start > 0.0);
    while current_time() <= start {}
}

/// The first reading must be the first of a process, so this test runs itself in one of its own.
/// There it reads a clock that was stopped before the scale had a start.
#[test]
fn the_clock_is_above_zero_from_the_first_reading() {
    const IN_CHILD: &str = "LIONPRIDE_TEST_FIRST_READING";
    const SELF: &str = "time::clock::the_clock_is_above_zero_from_the_first_reading";
    if std::env::var_os(IN_CHILD).is_some() {
        assert!(paused().block_on(async { current_time() }) > 0.0);
        return;
    }
    let mut child = Command::new(std::env::current_exe().unwrap());
    let output = child.args(["--exact", SELF]).env(IN_CHILD, "1").output().unwrap();
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && report.contains("1 passed"), "{report}");
}

#[test]
fn the_clock_never_decreases_from_thread_to_thread() {
    // Positive floats are ordered as their bits are.
    let latest = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..20_000 {
                    let before = latest.load(Ordering::SeqCst);
                    let now = current_time().to_bits();
                    assert!(now >= before);
                    latest.fetch_max(now, Ordering::SeqCst);
                }
            });
        }
    });
}

#[test]
fn the_clock_tells_microseconds_apart_after_ten_years() {
    paused().block_on(async {
        advance(TEN_YEARS).await;
        for _ in 0..1_000 {
            let before = current_time();
            advance(Duration::from_micros(1)).await;
            let step = current_time() - before;
            assert!((0.5e-6..1.5e-6).contains(&step), "{step}");
        }
    });
}

#[test]
fn the_clock_stands_still_while_time_is_paused() {
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        tokio::time::pause();
        let before = current_time();
        let real = std::time::Instant::now();
        while real.elapsed() < Duration::from_millis(2) {}
        assert_eq!(current_time().to_bits(), before.to_bits());

        let on_a_blocking_thread = run_sync(current_time).await;
        assert_eq!(on_a_blocking_thread.to_bits(), before.to_bits());
    });
}

#[test]
fn the_clock_moves_as_far_as_time_is_advanced() {
    paused().block_on(async {
        for step in [0.000_001, 0.001, 0.25, 1.5, 60.0, 86_400.0] {
            let before = current_time();
            advance(Duration::from_secs_f64(step)).await;
            let moved = current_time() - before;
            assert!((moved - step).abs() < 1e-9, "{moved} is not {step}");
        }
    });
}
