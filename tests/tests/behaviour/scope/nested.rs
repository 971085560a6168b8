//! Scopes in scopes: the earliest deadline wins.

use std::future::pending;
use std::time::Duration;

use lionpride_concurrency::{
    TimedOut, current_time, fail_after, fail_at, move_on_after, move_on_at, run_async, run_sync,
    sleep,
};
use tokio::time::Instant;

use crate::support::{in_time, on_both, paused};

#[test]
fn the_earliest_deadline_wins_inside_and_outside() {
    paused().block_on(async {
        let start = Instant::now();
        assert_eq!(fail_after(1, fail_after(5, pending::<()>())).await, Err(TimedOut));
        assert_eq!(fail_after(5, fail_after(1, pending::<()>())).await, Ok(Err(TimedOut)));
        assert_eq!(move_on_after(5, move_on_after(1, pending::<()>())).await, Some(None));
        assert_eq!(move_on_after(1, fail_at(current_time() + 5.0, pending::<()>())).await, None);
        let took = start.elapsed();
        assert!((4.0..4.01).contains(&took.as_secs_f64()), "{took:?}");
    });
}

#[test]
fn an_outer_scope_goes_on_when_an_inner_one_is_over() {
    paused().block_on(async {
        let start = Instant::now();
        let attempts = move_on_after(10, async {
            let mut attempts = 0;
            while move_on_after(3, pending::<()>()).await.is_none() {
                attempts += 1;
                if attempts == 3 {
                    sleep(60).await;
                }
            }
        });
        assert_eq!(attempts.await, None);
        assert_eq!(start.elapsed().as_secs(), 10);
    });
}

#[test]
fn of_two_equal_deadlines_the_inner_one_is_seen_first() {
    paused().block_on(async {
        let deadline = current_time() + 1.0;
        let both = fail_at(deadline, fail_at(deadline, pending::<()>()));
        assert_eq!(both.await, Ok(Err(TimedOut)));
    });
}

#[test]
fn a_scope_without_an_end_leaves_the_others_theirs() {
    paused().block_on(async {
        let start = Instant::now();
        assert_eq!(fail_after(1, fail_after(f64::INFINITY, pending::<()>())).await, Err(TimedOut));
        let inner = fail_after(1, pending::<()>());
        assert_eq!(fail_at(f64::INFINITY, inner).await, Ok(Err(TimedOut)));
        assert!(start.elapsed() < Duration::from_millis(2_010));
    });
}

#[test]
fn many_scopes_deep_the_earliest_wins() {
    for earliest in 0..8_u32 {
        paused().block_on(async {
            let start = Instant::now();
            let seconds = |depth: u32| if depth == earliest { 1 } else { 5 + i64::from(depth) };
            let mut future: std::pin::Pin<Box<dyn Future<Output = ()>>> = Box::pin(pending());
            for depth in 0..8 {
                let inner = move_on_after(seconds(depth), future);
                future = Box::pin(async { inner.await.unwrap_or_default() });
            }
            future.await;
            assert_eq!(start.elapsed().as_secs(), 1, "at depth {earliest}");
        });
    }
}

/// The scope is polled by the thread of the work.
#[test]
fn a_scope_in_blocking_work_is_over_in_time() {
    in_time(|| {
        on_both(async || {
            let work = || run_async(fail_after(0.001, pending::<()>()));
            assert_eq!(run_sync(work).await, Err(TimedOut));
            let work = || run_async(move_on_at(0.0, run_sync(|| run_async(pending::<()>()))));
            assert_eq!(fail_after(60, run_sync(work)).await, Ok(None));
        });
    });
}
