//! Panics.

use std::error::Error;
use std::panic::{AssertUnwindSafe, panic_any};
use std::sync::Arc;

use futures::FutureExt;
use lionpride_concurrency::{RunSyncError, run_sync};

use crate::support::{captured, is_gone, on_both, with_one_blocking_thread};

use super::Code;

#[test]
fn a_panic_goes_on_in_the_caller_with_its_payload() {
    on_both(async || {
        let call = AssertUnwindSafe(run_sync(|| panic_any(Code(7)))).catch_unwind();
        assert_eq!(*call.await.unwrap_err().downcast::<Code>().unwrap(), Code(7));

        let error = tokio::spawn(run_sync(|| panic_any(Code(8)))).await.unwrap_err();
        assert_eq!(*error.into_panic().downcast::<Code>().unwrap(), Code(8));
    });
}

#[test]
fn a_panic_is_an_error_with_its_message_for_who_asks_for_the_result() {
    on_both(async || {
        let literal = run_sync(|| panic!("out of cheese")).into_result().await;
        let literal: Result<(), _> = literal;
        let number = 7;
        let formatted = run_sync(move || panic!("no shelf {number}")).into_result().await;
        let formatted: Result<(), _> = formatted;
        let other = run_sync(|| panic_any(Code(9))).into_result().await;
        let other: Result<(), _> = other;

        let [literal, formatted, other] = [literal, formatted, other].map(Result::unwrap_err);
        assert!(literal.to_string().contains("out of cheese"), "{literal}");
        assert!(formatted.to_string().contains("no shelf 7"), "{formatted}");
        assert!(other.to_string().contains("panicked"), "{other}");
        let RunSyncError::Panicked(payload) = other else { panic!("{other}") };
        assert_eq!(*payload.downcast::<Code>().unwrap(), Code(9));
    });
}

#[test]
fn a_panic_and_a_shutdown_are_told_apart() {
    let panicked: Box<dyn Error> = Box::new(RunSyncError::Panicked(Box::new("out of cheese")));
    let shutdown: Box<dyn Error> = Box::new(RunSyncError::Shutdown);
    assert!(shutdown.to_string().contains("shut down"), "{shutdown}");
    for wrong in ["panic", "cancel"] {
        assert!(!shutdown.to_string().contains(wrong), "{shutdown}");
    }
    for wrong in ["shut", "cancel"] {
        assert!(!panicked.to_string().contains(wrong), "{panicked}");
    }
}

#[test]
fn a_panic_leaves_the_pool_as_it_was() {
    with_one_blocking_thread(|runtime| {
        runtime.block_on(async {
            for _ in 0..3 {
                run_sync(|| panic!("once")).into_result().await.unwrap_err();
            }
            assert_eq!(run_sync(|| 42).await, 42);
        });
    });
}

#[test]
fn what_a_panicking_job_captured_is_freed() {
    on_both(async || {
        let (value, alive) = captured();
        let call = run_sync(move || {
            assert!(Arc::strong_count(&value) > 1, "with a capture");
        });
        call.into_result().await.unwrap_err();
        assert!(is_gone(&alive));
    });
}
