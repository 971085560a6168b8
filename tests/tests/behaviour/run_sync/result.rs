//! The call and its result.

use std::thread::{self};

use lionpride_concurrency::{Job, RunSync, run_sync};
use tokio::runtime::Builder;

use crate::support::{
    Bell, drain, hold_a_thread, is_gone, on_both, on_each, poll, with_one_blocking_thread,
};

use super::{has, observed_call};

#[test]
fn a_call_results_in_what_its_job_returns() {
    on_both(async || {
        let owned = String::from("abc");
        assert_eq!(run_sync(move || owned.len()).await, 3);
        assert_eq!(tokio::spawn(run_sync(|| "in a task")).await.unwrap(), "in a task");
    });
}

#[test]
fn a_plain_function_is_a_job() {
    fn answer() -> u32 {
        42
    }
    let pointer: fn() -> u32 = answer;
    on_both(async || assert_eq!(run_sync(answer).await + run_sync(pointer).await, 84));
}

#[test]
fn a_job_runs_on_another_thread() {
    on_each(|runtime| {
        let worker = runtime.block_on(run_sync(|| thread::current().id()));
        assert_ne!(worker, thread::current().id());
    });
}

#[test]
fn a_call_is_made_outside_a_runtime() {
    let (call, has_run, alive) = observed_call();
    assert!(!has(&has_run) && !is_gone(&alive));
    Builder::new_current_thread().build().unwrap().block_on(call);
    assert!(has(&has_run) && is_gone(&alive));
}

#[test]
fn nothing_happens_before_the_first_poll() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let (call, has_run, alive) = observed_call();
        drain(runtime.handle());
        assert!(!has(&has_run) && !is_gone(&alive));

        let call = call.into_result();
        drain(runtime.handle());
        assert!(!has(&has_run) && !is_gone(&alive));
        drop(call);
    });
}

#[test]
fn a_call_dropped_unpolled_frees_what_it_captured_and_never_runs() {
    let (call, has_run, alive) = observed_call();
    drop(call);
    assert!(is_gone(&alive));
    let (call, has_run_for_result, alive) = observed_call();
    drop(call.into_result());
    assert!(is_gone(&alive));
    assert!(!has(&has_run) && !has(&has_run_for_result));
}

#[test]
fn a_call_outlives_what_its_maker_borrowed() {
    struct Store(String);

    impl Store {
        fn count(&self, of: &str) -> RunSync<impl Job<Output = usize>> {
            let (text, of) = (self.0.clone(), of.to_owned());
            run_sync(move || text.matches(&of).count())
        }
    }

    fn twice<T: Clone + Send + 'static>(value: &T) -> RunSync<impl Job<Output = (T, T)>> {
        let value = value.clone();
        run_sync(move || (value.clone(), value))
    }

    on_both(async || {
        let count = {
            let (store, of) = (Store("banana".to_owned()), "an".to_owned());
            tokio::spawn(store.count(&of))
        };
        assert_eq!(count.await.unwrap(), 2);
        let pair = {
            let value = "x".to_owned();
            twice(&value)
        };
        assert_eq!(pair.await, ("x".to_owned(), "x".to_owned()));
    });
}

#[test]
fn a_call_tells_its_stage() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let held = hold_a_thread(runtime.handle());
        let mut call = run_sync(|| ());
        let unpolled = format!("{call:?}");
        assert!(unpolled.starts_with("RunSync"), "{unpolled}");
        let (bell, waker) = Bell::new();
        assert!(poll(&mut call, &waker).is_pending());
        let queued = format!("{call:?}");
        drop(held);
        bell.wait_for(1);
        assert!(poll(&mut call, &waker).is_ready());
        let over = format!("{call:?}");
        assert!(unpolled != queued && queued != over && over != unpolled);
    });
}
