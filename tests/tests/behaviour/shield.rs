//! `shield`.

use std::future::pending;
use std::panic::{AssertUnwindSafe, panic_any};
use std::sync::mpsc;
use std::task::{Poll, Waker};

use futures::FutureExt;
use futures::executor::block_on;
use lionpride_concurrency::{
    effective_deadline, fail_after, is_cancelled, move_on_after, run_async, run_sync, shield, sleep,
};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::yield_now;

use crate::support::{
    captured, in_time, is_gone, on_both, on_drop, on_each, panic_of, paused, poll,
};

/// Something that goes on when it is let go, and says that it has come to its end.
fn write() -> (impl Future<Output = u8> + Send + 'static, oneshot::Sender<()>, oneshot::Receiver<u8>)
{
    let (go, may_go) = oneshot::channel::<()>();
    let (written, is_written) = oneshot::channel();
    let write = async {
        may_go.await.unwrap();
        yield_now().await;
        written.send(7).unwrap();
        42
    };
    (write, go, is_written)
}

#[test]
fn a_shielded_future_gives_its_output() {
    on_both(async || {
        let (write, go, is_written) = write();
        go.send(()).unwrap();
        assert_eq!(shield(write).await, 42);
        assert_eq!(is_written.await, Ok(7));
        assert_eq!(shield(async { 42 }).await, 42);
    });
}

#[test]
fn a_shielded_future_runs_on_when_it_is_dropped() {
    on_both(async || {
        let (write, go, is_written) = write();
        let mut shielded = shield(write);
        assert!(poll(&mut shielded, Waker::noop()).is_pending());
        drop(shielded);
        go.send(()).unwrap();
        assert_eq!(is_written.await, Ok(7));
    });
}

#[test]
fn a_shielded_future_runs_on_when_it_times_out() {
    on_both(async || {
        let (write, go, is_written) = write();
        assert_eq!(move_on_after(0.001, shield(write)).await, None);
        go.send(()).unwrap();
        assert_eq!(is_written.await, Ok(7));
    });
}

#[test]
fn a_shielded_future_runs_on_when_its_caller_is_aborted() {
    on_both(async || {
        let (write, go, is_written) = write();
        let (polled, is_polled) = oneshot::channel();
        let caller = tokio::spawn(async {
            let mut shielded = shield(write);
            assert!(poll(&mut shielded, Waker::noop()).is_pending());
            polled.send(()).unwrap();
            shielded.await
        });
        is_polled.await.unwrap();
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        go.send(()).unwrap();
        assert_eq!(is_written.await, Ok(7));
    });
}

#[test]
fn a_shielded_future_is_lazy() {
    let (value, alive) = captured();
    let unpolled = shield(async move { drop(value) });
    assert!(!is_gone(&alive));
    drop(unpolled);
    assert!(is_gone(&alive));

    let made_outside = shield(async { 42 });
    assert_eq!(paused().block_on(made_outside), 42);
}

#[test]
fn a_shielded_future_needs_a_runtime() {
    let message = panic_of(|| block_on(shield(async {}))).message;
    assert!(message.contains("a shielded future needs a tokio runtime"), "{message}");
}

#[test]
fn a_panic_of_a_shielded_future_goes_on_in_the_caller_with_its_payload() {
    on_both(async || {
        let mut shielded = shield(async { panic_any(7_u8) });
        let payload = AssertUnwindSafe(&mut shielded).catch_unwind().await.unwrap_err();
        assert_eq!(payload.downcast_ref(), Some(&7_u8));
        let panic = panic_of(|| poll(&mut shielded, Waker::noop()).map(|()| ()));
        assert_eq!(panic.message, "`Shield` polled after completion");
    });
}

#[test]
fn a_finished_shield_polled_again_says_so() {
    on_both(async || {
        let mut shielded = shield(async {});
        (&mut shielded).await;
        let message = panic_of(|| poll(&mut shielded, Waker::noop())).message;
        assert_eq!(message, "`Shield` polled after completion");
    });
}

#[test]
fn a_shielded_future_is_under_no_deadline() {
    on_both(async || {
        let deadline = fail_after(60, shield(async { effective_deadline() })).await;
        assert_eq!(deadline, Ok(None));
        let in_a_call = fail_after(60, shield(run_sync(effective_deadline))).await;
        assert_eq!(in_a_call, Ok(None));
    });
}

/// There the runtime has one thread for all.
#[test]
fn a_shielded_future_is_under_no_deadline_on_a_runtime_of_its_own() {
    on_both(async || {
        let work = async { run_async(shield(async { effective_deadline() })) };
        assert_eq!(fail_after(60, work).await, Ok(None));
        let in_a_call = async { run_async(shield(run_sync(effective_deadline))) };
        assert_eq!(fail_after(60, in_a_call).await, Ok(None));
    });
}

#[test]
fn a_call_that_a_shielded_future_waits_for_is_not_cancelled() {
    on_both(async || {
        let (started, has_started) = oneshot::channel();
        let (gone, is_gone) = mpsc::channel::<()>();
        let (answer, answered) = oneshot::channel();
        let mut shielded = shield(run_sync(move || {
            started.send(()).unwrap();
            let _ = is_gone.recv();
            answer.send(is_cancelled()).unwrap();
        }));
        assert!(poll(&mut shielded, Waker::noop()).is_pending());
        has_started.await.unwrap();
        drop(shielded);
        drop(gone);
        assert_eq!(answered.await, Ok(false));
    });
}

/// A value that polls a shield when its task is dropped, as an asynchronous clean-up would.
#[test]
fn a_lost_shield_parks_where_its_runtime_drops_its_tasks() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let (polled, is_polled) = mpsc::channel();
    let clean_up = on_drop(move || {
        let mut shielded = shield(async {});
        for _ in 0..3 {
            polled.send(poll(&mut shielded, Waker::noop())).unwrap();
        }
    });
    runtime.spawn(async move {
        let _clean_up = clean_up;
        pending::<()>().await;
    });
    runtime.block_on(yield_now());
    runtime.shutdown_background();
    assert_eq!(is_polled.iter().collect::<Vec<_>>(), [Poll::Pending; 3]);
}

#[test]
fn a_lost_shield_panics_elsewhere_and_does_so_again() {
    in_time(|| {
        let runtime = Builder::new_current_thread().build().unwrap();
        let mut shielded = shield(pending::<()>());
        let context = runtime.enter();
        assert!(poll(&mut shielded, Waker::noop()).is_pending());
        drop(context);
        runtime.shutdown_background();
        for _ in 0..2 {
            let message = panic_of(|| block_on(&mut shielded)).message;
            assert!(message.contains("a shielded future was lost"), "{message}");
        }
        let elsewhere = paused();
        let message = panic_of(|| elsewhere.block_on(&mut shielded)).message;
        assert!(message.contains("its runtime was shut down"), "{message}");
    });
}

#[test]
fn a_shield_ends_with_its_runtime() {
    in_time(|| {
        for shutdown in [drop::<Runtime>, Runtime::shutdown_background] {
            let (value, alive) = captured();
            let runtime = paused();
            runtime.block_on(async {
                let mut shielded = shield(async move {
                    sleep(60).await;
                    drop(value);
                });
                assert!(poll(&mut shielded, Waker::noop()).is_pending());
                yield_now().await;
            });
            assert!(!is_gone(&alive));
            shutdown(runtime);
            assert!(is_gone(&alive));
        }
    });
}

#[test]
fn a_shield_tells_its_stage() {
    on_each(|runtime| {
        let mut shielded = shield(async {});
        let unpolled = format!("{shielded:?}");
        runtime.block_on(&mut shielded);
        assert_eq!(unpolled, "Shield(\"not polled yet\")");
        assert_eq!(format!("{shielded:?}"), "Shield(\"over\")");
    });
}
