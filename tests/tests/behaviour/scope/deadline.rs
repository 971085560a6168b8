//! `effective_deadline`.

use std::future::{pending, poll_fn};
use std::panic::AssertUnwindSafe;
use std::sync::mpsc;
use std::task::{Poll, Waker};
use std::time::Duration;

use futures::executor::block_on;
use futures::future::join;
use futures::{FutureExt, StreamExt};
use lionpride_concurrency::{
    Dedicated, Limiter, current_time, effective_deadline, fail_after, fail_at, move_on_after,
    move_on_at, run_async, run_sync, stream_sync,
};
use tokio::task::yield_now;
use tokio::time::advance;

use crate::support::{on_both, paused, poll};

async fn seen() -> Option<f64> {
    yield_now().await;
    effective_deadline()
}

#[test]
fn there_is_no_deadline_outside_a_scope() {
    assert_eq!(effective_deadline(), None);
    on_both(async || {
        assert_eq!(seen().await, None);
        assert_eq!(run_sync(effective_deadline).await, None);
        assert_eq!(fail_after(f64::INFINITY, seen()).await, Ok(None));
        assert_eq!(move_on_at(f64::MAX, seen()).await, Some(None));
    });
    assert_eq!(block_on(fail_after(f64::INFINITY, async { effective_deadline() })), Ok(None));
}

#[test]
fn a_deadline_is_seen_as_it_was_given() {
    on_both(async || {
        for step in 0..1_000_u32 {
            let deadline = current_time() + 5.0 + f64::from(step) * 0.000_137;
            assert_eq!(fail_at(deadline, async { effective_deadline() }).await, Ok(Some(deadline)));
        }
        let deadline = current_time() + 5.0;
        assert_eq!(move_on_at(deadline, seen()).await, Some(Some(deadline)));
        for past in [0.0, -1.0, f64::NEG_INFINITY] {
            let now = async { effective_deadline() };
            assert_eq!(fail_at(past, now).await, Ok(Some(past)));
        }
    });
}

#[test]
fn a_delay_is_seen_as_a_deadline_from_the_first_poll() {
    paused().block_on(async {
        let scope = fail_after(5, seen());
        advance(Duration::from_secs(3)).await;
        let expected = current_time() + 5.0;
        let seen = scope.await.unwrap().unwrap();
        assert!((seen - expected).abs() < 1e-6, "{seen} for {expected}");
    });
}

/// What is waited for until then has come when the scope is over.
#[test]
fn a_deadline_has_come_on_the_clock_when_its_scope_is_over() {
    on_both(async || {
        for _ in 0..20 {
            let mut deadline = None;
            let scope = move_on_after(0.000_3, async {
                deadline = effective_deadline();
                pending::<()>().await;
            });
            assert_eq!(scope.await, None);
            assert!(current_time() >= deadline.unwrap());
        }
    });
}

#[test]
fn the_tightest_deadline_is_seen() {
    on_both(async || {
        let (soon, late) = (current_time() + 60.0, current_time() + 120.0);
        assert_eq!(fail_at(soon, fail_at(late, seen())).await, Ok(Ok(Some(soon))));
        assert_eq!(fail_at(late, fail_at(soon, seen())).await, Ok(Ok(Some(soon))));
        let inner = async { (seen().await, fail_at(soon, seen()).await, seen().await) };
        let expected = (Some(late), Ok(Some(soon)), Some(late));
        assert_eq!(fail_at(late, inner).await, Ok(expected));
        assert_eq!(fail_at(soon, fail_after(f64::INFINITY, seen())).await, Ok(Ok(Some(soon))));
        let passed = async { effective_deadline() };
        assert_eq!(fail_at(-2.0, fail_at(-1.0, passed)).await, Ok(Ok(Some(-2.0))));
        let passed = async { effective_deadline() };
        assert_eq!(fail_at(-1.0, fail_at(-2.0, passed)).await, Ok(Ok(Some(-2.0))));
    });
}

#[test]
fn a_deadline_ends_with_its_scope() {
    on_both(async || {
        assert!(fail_after(60, seen()).await.unwrap().is_some());
        assert_eq!(effective_deadline(), None);
        assert_eq!(move_on_after(0, pending::<()>()).await, None);
        assert_eq!(effective_deadline(), None);
        let mut dropped = Box::pin(fail_after(60, pending::<()>()));
        assert!(poll(&mut dropped, Waker::noop()).is_pending());
        assert_eq!(effective_deadline(), None);
        drop(dropped);
        assert_eq!(effective_deadline(), None);
    });
}

#[test]
fn a_deadline_ends_with_a_panic_in_its_scope() {
    on_both(async || {
        let deadline = current_time() + 60.0;
        let around = fail_at(deadline, async {
            let panics = fail_after(5, async { panic!("in the scope") });
            let result: Result<Result<(), _>, _> = AssertUnwindSafe(panics).catch_unwind().await;
            assert!(result.is_err());
            effective_deadline()
        });
        assert_eq!(around.await, Ok(Some(deadline)));
        assert_eq!(effective_deadline(), None);
    });
}

#[test]
fn neighbours_do_not_see_each_others_deadlines() {
    on_both(async || {
        let (one, other) = (current_time() + 60.0, current_time() + 70.0);
        let (one_seen, other_seen) = join(
            fail_at(one, async { [seen().await, seen().await] }),
            fail_at(other, async { [seen().await, seen().await] }),
        )
        .await;
        assert_eq!(one_seen, Ok([Some(one); 2]));
        assert_eq!(other_seen, Ok([Some(other); 2]));
        let (inside, outside) = join(fail_at(one, seen()), seen()).await;
        assert_eq!((inside, outside), (Ok(Some(one)), None));
    });
}

#[test]
fn a_task_of_its_own_sees_no_deadline() {
    on_both(async || {
        let spawns = async {
            let tasks = [tokio::spawn(seen()), tokio::spawn(seen())];
            let blocking = tokio::task::spawn_blocking(effective_deadline);
            let here = seen().await;
            let [one, other] = tasks;
            (here.is_some(), one.await.unwrap(), other.await.unwrap(), blocking.await.unwrap())
        };
        assert_eq!(fail_after(60, spawns).await, Ok((true, None, None, None)));
    });
}

/// There the runtime has one thread for all.
#[test]
fn a_task_of_its_own_on_a_runtime_of_its_own_sees_no_deadline() {
    on_both(async || {
        let deadline = current_time() + 60.0;
        let spawns =
            async { run_async(async { (seen().await, tokio::spawn(seen()).await.unwrap()) }) };
        assert_eq!(fail_at(deadline, spawns).await, Ok((Some(deadline), None)));
    });
}

#[test]
fn blocking_work_sees_the_deadline_of_its_caller() {
    let limiter = Limiter::new("deadline", 1);
    let dedicated = Dedicated::new("deadline", || ());
    on_both(async || {
        let deadline = current_time() + 60.0;
        let calls = async {
            [
                run_sync(effective_deadline).await,
                run_sync(effective_deadline).into_result().await.unwrap(),
                run_sync(effective_deadline).on(&limiter).await,
                limiter.try_run(effective_deadline).unwrap().await,
                run_sync(effective_deadline).on(&dedicated).await,
                run_sync(|| run_async(seen())).await,
                run_sync(|| run_async(run_sync(|| run_async(seen())))).await,
                run_sync(effective_deadline).run_inline(),
                stream_sync(|| [effective_deadline()], 1).next().await.unwrap(),
                run_async(seen()),
                run_async(run_sync(|| run_async(run_sync(effective_deadline)))),
            ]
        };
        assert_eq!(fail_at(deadline, calls).await, Ok([Some(deadline); 11]));
        // Nothing of it stays on the threads.
        assert_eq!(run_sync(effective_deadline).await, None);
        assert_eq!(run_sync(effective_deadline).on(&dedicated).await, None);
    });
}

#[test]
fn shielded_work_sees_no_deadline() {
    on_both(async || {
        let calls = async {
            let nested = run_sync(|| run_async(run_sync(effective_deadline))).shielded();
            (run_sync(effective_deadline).shielded().await, nested.await)
        };
        assert_eq!(fail_after(60, calls).await, Ok((None, None)));
    });
}

/// It counts where the call was first polled, not where it was made or is waited for.
#[test]
fn blocking_work_sees_the_deadline_of_its_first_poll() {
    on_both(async || {
        let deadline = current_time() + 60.0;
        let made_outside = run_sync(effective_deadline);
        assert_eq!(fail_at(deadline, made_outside).await, Ok(Some(deadline)));
        let (release, released) = mpsc::channel::<()>();
        let mut polled_outside = run_sync(move || {
            let _ = released.recv();
            effective_deadline()
        });
        assert!(poll(&mut polled_outside, Waker::noop()).is_pending());
        drop(release);
        assert_eq!(fail_at(deadline, polled_outside).await, Ok(None));
    });
}

#[test]
fn a_scope_in_blocking_work_tightens_its_deadline() {
    on_both(async || {
        let (soon, late) = (current_time() + 60.0, current_time() + 120.0);
        let work = move || {
            let inside = run_async(fail_at(soon, run_sync(effective_deadline)));
            (inside, effective_deadline())
        };
        assert_eq!(fail_at(late, run_sync(work)).await, Ok((Ok(Some(soon)), Some(late))));
    });
}

#[test]
fn a_panic_in_blocking_work_leaves_no_deadline_on_its_thread() {
    crate::support::with_one_blocking_thread(|runtime| {
        runtime.block_on(async {
            let call = run_sync(|| panic!("in the work")).into_result();
            assert!(fail_after(60, call).await.unwrap().is_err());
            assert_eq!(run_sync(effective_deadline).await, None);
            assert_eq!(tokio::task::spawn_blocking(effective_deadline).await.unwrap(), None);
        });
    });
}

#[test]
fn a_deadline_is_seen_at_every_poll() {
    paused().block_on(async {
        let deadline = current_time() + 60.0;
        let mut polls = 0;
        let polled = poll_fn(|cx| {
            assert_eq!(effective_deadline(), Some(deadline));
            polls += 1;
            cx.waker().wake_by_ref();
            if polls < 5 { Poll::Pending } else { Poll::Ready(()) }
        });
        assert_eq!(fail_at(deadline, polled).await, Ok(()));
    });
}
