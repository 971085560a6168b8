//! Inline.

use std::panic::panic_any;
use std::task::Waker;
use std::thread::{self};

use lionpride_concurrency::run_sync;

use crate::support::{
    captured, drain, hold_a_thread, is_gone, panic_of, payload_of, poll, with_one_blocking_thread,
};

use super::{Code, has, observed_call};

#[test]
fn a_call_runs_inline_on_its_own_thread_without_a_runtime() {
    let (value, alive) = captured();
    let here = run_sync(move || {
        drop(value);
        thread::current().id()
    });
    assert_eq!(here.run_inline(), thread::current().id());
    assert!(is_gone(&alive));
}

#[test]
fn a_panic_inline_keeps_its_payload() {
    let payload = payload_of(|| run_sync(|| panic_any(Code(3))).run_inline());
    assert_eq!(*payload.downcast::<Code>().unwrap(), Code(3));
}

#[test]
fn a_polled_call_does_not_run_inline() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let held = hold_a_thread(runtime.handle());
        let (mut call, has_run, alive) = observed_call();
        assert!(poll(&mut call, Waker::noop()).is_pending());
        let (panic, line) = (panic_of(|| call.run_inline()), line!());
        assert_eq!((panic.file.as_str(), panic.line), (file!(), line));
        let message = panic.message;
        assert!(message.contains("run_inline") && message.contains("polled"), "{message}");
        assert!(is_gone(&alive));
        drop(held);
        drain(runtime.handle());
        assert!(!has(&has_run));
    });
}
