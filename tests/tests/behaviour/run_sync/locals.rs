//! Task-locals.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, panic_any};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::task::Waker;

use futures::FutureExt;
use lionpride_concurrency::{Job, Route, RunSync, RunSyncError, run_sync};
use tokio::runtime::{Handle, Runtime};

use crate::support::{
    drain, flavours, hold_a_thread, is_gone, on_both, owning_one_blocking_thread, panic_of, poll,
    with_one_blocking_thread,
};

use super::{has, observed_call, shut_down};

tokio::task_local! {
    static NUMBER: u32;
    static NAME: &'static str;
    static CELL: Cell<u32>;
    static TRACED: Traced;
}

/// The number that this place sees.
fn number() -> Option<u32> {
    NUMBER.try_get().ok()
}

/// A call that results in the number that it sees.
fn looks() -> RunSync<impl Job<Output = Option<u32>>, impl Route> {
    run_sync(number).with_local(&NUMBER)
}

/// What a blocking thread sees that a plain call runs on.
fn left_on_the_only_thread(runtime: &Runtime) -> Option<u32> {
    runtime.block_on(run_sync(number))
}

#[test]
fn the_work_sees_the_value_of_its_caller() {
    on_both(async || {
        NUMBER
            .scope(7, async {
                assert_eq!(looks().await, Some(7));
                assert_eq!(looks().into_result().await.unwrap(), Some(7));
                assert_eq!(run_sync(|| NUMBER.get()).with_local(&NUMBER).await, 7);
                assert_eq!(run_sync(number).await, None, "a plain call carries nothing");
            })
            .await;
        let task = tokio::spawn(NUMBER.scope(8, async { looks().await }));
        assert_eq!(task.await.unwrap(), Some(8));
    });
}

#[test]
fn the_work_sees_the_values_of_several_keys() {
    let both = || (number(), NAME.try_get().ok());
    on_both(async || {
        let call = async {
            let both = run_sync(both).with_local(&NUMBER).with_local(&NAME).await;
            (both, run_sync(move || (number(), NAME.try_get().ok())).with_local(&NAME).await)
        };
        let (seen, seen_of_one) = NUMBER.scope(7, NAME.scope("seven", call)).await;
        assert_eq!(seen, (Some(7), Some("seven")));
        assert_eq!(seen_of_one, (None, Some("seven")));

        let half = run_sync(both).with_local(&NUMBER).with_local(&NAME);
        assert_eq!(NAME.scope("seven", half).await, (None, Some("seven")));
    });
}

#[test]
fn the_value_is_that_of_the_first_poll() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let made = NUMBER.sync_scope(1, looks);
        assert_eq!(runtime.block_on(NUMBER.scope(2, made)), Some(2));
        let made = NUMBER.sync_scope(1, looks);
        assert_eq!(runtime.block_on(made), None);

        let held = hold_a_thread(runtime.handle());
        let mut polled = looks();
        let first = NUMBER.sync_scope(3, || poll(&mut polled, Waker::noop()));
        assert!(first.is_pending());
        drop(held);
        assert_eq!(runtime.block_on(NUMBER.scope(4, polled)), Some(3));
    });
}

#[test]
fn without_a_value_the_work_has_none_either() {
    on_both(async || {
        let seen = run_sync(|| NUMBER.try_with(|number| *number).is_ok()).with_local(&NUMBER);
        assert!(!seen.await);
        assert_eq!(looks().await, None);
        assert_eq!(run_sync(number).with_local(&NUMBER).with_local(&NAME).await, None);
    });
}

#[test]
fn the_innermost_value_is_seen() {
    on_both(async || {
        let nested = async {
            let inner = NUMBER.scope(2, async { looks().await }).await;
            (inner, looks().await)
        };
        assert_eq!(NUMBER.scope(1, nested).await, (Some(2), Some(1)));

        let sets_its_own = || (NUMBER.sync_scope(3, number), number());
        let call = async { run_sync(sets_its_own).with_local(&NUMBER).await };
        assert_eq!(NUMBER.scope(1, call).await, (Some(3), Some(1)));
    });
}

#[test]
fn the_same_key_twice_is_the_same_value() {
    on_both(async || {
        let call = async { run_sync(number).with_local(&NUMBER).with_local(&NUMBER).await };
        assert_eq!(NUMBER.scope(1, call).await, Some(1));
    });
}

#[test]
fn a_job_hands_the_value_on_to_a_call_of_its_own() {
    for mut builder in flavours() {
        let runtime = builder.max_blocking_threads(2).build().unwrap();
        let outer = run_sync(|| Handle::current().block_on(looks())).with_local(&NUMBER);
        assert_eq!(runtime.block_on(NUMBER.scope(5, outer)), Some(5));
    }
}

#[test]
fn a_job_may_change_its_value_and_the_caller_keeps_its_own() {
    on_both(async || {
        let call = run_sync(|| CELL.with(|cell| cell.replace(2))).with_local(&CELL);
        let seen = CELL.scope(Cell::new(1), async { (call.await, CELL.get().get()) }).await;
        assert_eq!(seen, (1, 1));
    });
}

#[test]
fn the_worker_has_no_value_left_afterwards() {
    with_one_blocking_thread(|runtime| {
        assert_eq!(runtime.block_on(NUMBER.scope(7, looks())), Some(7));
        assert_eq!(left_on_the_only_thread(runtime), None);
        assert_eq!(runtime.block_on(NUMBER.scope(8, looks().shielded())), Some(8));
        assert_eq!(left_on_the_only_thread(runtime), None);
    });
}

#[test]
fn the_worker_has_no_value_left_after_a_panic() {
    with_one_blocking_thread(|runtime| {
        let panics = run_sync(|| panic_any(NUMBER.get())).with_local(&NUMBER);
        let caught = NUMBER.scope(7, AssertUnwindSafe(panics).catch_unwind());
        let payload = runtime.block_on(caught).unwrap_err();
        assert_eq!(*payload.downcast::<u32>().unwrap(), 7);
        assert_eq!(left_on_the_only_thread(runtime), None);

        let panics = run_sync(|| panic!("once")).with_local(&NUMBER).into_result();
        let result: Result<(), _> = runtime.block_on(NUMBER.scope(8, panics));
        assert!(matches!(result, Err(RunSyncError::Panicked(_))));
        assert_eq!(left_on_the_only_thread(runtime), None);
    });
}

/// A value that counts how often it is cloned and dropped.
struct Traced(Arc<Counts>);

#[derive(Default)]
struct Counts {
    clones: AtomicUsize,
    drops: AtomicUsize,
}

impl Counts {
    fn both(&self) -> (usize, usize) {
        (self.clones.load(Ordering::SeqCst), self.drops.load(Ordering::SeqCst))
    }
}

impl Clone for Traced {
    fn clone(&self) -> Self {
        self.0.clones.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(&self.0))
    }
}

impl Drop for Traced {
    fn drop(&mut self) {
        self.0.drops.fetch_add(1, Ordering::SeqCst);
    }
}

/// How often a call clones a value, and how often it drops it: `test` is run where the value is.
fn clones_and_drops(test: impl FnOnce()) -> (usize, usize) {
    let counts = Arc::new(Counts::default());
    TRACED.sync_scope(Traced(Arc::clone(&counts)), || {
        test();
        assert_eq!(counts.both().0, counts.both().1, "every clone has been dropped");
    });
    let (clones, drops) = counts.both();
    assert_eq!(clones + 1, drops, "and the value itself");
    (clones, drops - 1)
}

#[test]
fn the_value_is_cloned_once_and_dropped_once() {
    with_one_blocking_thread(|runtime| {
        let ran = clones_and_drops(|| {
            let alive = run_sync(|| TRACED.with(|traced| traced.0.both())).with_local(&TRACED);
            assert_eq!(runtime.block_on(alive), (1, 0));
            drain(runtime.handle());
        });
        assert_eq!(ran, (1, 1));

        let panicked = clones_and_drops(|| {
            let panics = run_sync(|| panic!("once")).with_local(&TRACED).into_result();
            let result: Result<(), _> = runtime.block_on(panics);
            assert!(result.is_err());
            drain(runtime.handle());
        });
        assert_eq!(panicked, (1, 1));
    });
}

#[test]
fn the_value_of_a_call_dropped_while_queued_is_dropped_once() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let (plain, has_run, alive) = observed_call();
        let dropped = clones_and_drops(|| {
            let held = hold_a_thread(runtime.handle());
            let mut call = plain.with_local(&TRACED);
            assert!(poll(&mut call, Waker::noop()).is_pending());
            drop(call);
            assert!(is_gone(&alive), "its captures are freed at once");
            drop(held);
            drain(runtime.handle());
        });
        assert_eq!(dropped, (1, 1));
        assert!(!has(&has_run));

        let (plain, has_run, alive) = observed_call();
        let shielded = clones_and_drops(|| {
            let held = hold_a_thread(runtime.handle());
            let mut call = plain.with_local(&TRACED).shielded();
            assert!(poll(&mut call, Waker::noop()).is_pending());
            drop(call);
            drop(held);
            drain(runtime.handle());
        });
        assert_eq!(shielded, (1, 1));
        assert!(has(&has_run) && is_gone(&alive));
    });
}

#[test]
fn a_call_that_is_never_polled_clones_no_value() {
    with_one_blocking_thread(|_| {
        assert_eq!(clones_and_drops(|| drop(run_sync(|| ()).with_local(&TRACED))), (0, 0));
        let inline = || run_sync(|| ()).with_local(&TRACED).run_inline();
        assert_eq!(clones_and_drops(inline), (0, 0));
    });
}

#[test]
fn the_value_of_a_lost_call_is_dropped_once() {
    owning_one_blocking_thread(|runtime| {
        let handle = shut_down(runtime, Runtime::shutdown_background);
        let _context = handle.enter();
        let lost = clones_and_drops(|| {
            let mut call = run_sync(|| ()).with_local(&TRACED).into_result();
            let _ = poll(&mut call, Waker::noop());
        });
        assert_eq!(lost, (1, 1));
    });
}

#[test]
fn a_call_inline_sees_what_its_place_sees() {
    let made = NUMBER.sync_scope(1, looks);
    assert_eq!(NUMBER.sync_scope(2, || made.run_inline()), Some(2));
    assert_eq!(NUMBER.sync_scope(1, looks).run_inline(), None);
}

/// A call that sends on what it sees, for where nobody waits for its result.
fn sends() -> (RunSync<impl Job<Output = ()>>, mpsc::Receiver<Option<u32>>) {
    let (send, seen) = mpsc::channel();
    (run_sync(move || send.send(number()).unwrap()), seen)
}

#[test]
fn a_shield_and_a_value_go_together_in_either_order() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let held = hold_a_thread(runtime.handle());
        let ((inside, seen_inside), (outside, seen_outside)) = (sends(), sends());
        let mut inside = inside.shielded().with_local(&NUMBER);
        let mut outside = outside.with_local(&NUMBER).shielded();
        NUMBER.sync_scope(7, || {
            assert!(poll(&mut inside, Waker::noop()).is_pending());
            assert!(poll(&mut outside, Waker::noop()).is_pending());
        });
        drop((inside, outside));
        drop(held);
        drain(runtime.handle());
        assert_eq!([seen_inside.try_recv(), seen_outside.try_recv()], [Ok(Some(7)); 2]);

        let call = run_sync(number);
        assert_eq!(runtime.block_on(NUMBER.scope(7, call.shielded().with_local(&NUMBER))), Some(7));
    });
}

#[test]
fn a_polled_call_takes_no_value_any_more() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let held = hold_a_thread(runtime.handle());
        let (mut call, has_run, alive) = observed_call();
        assert!(poll(&mut call, Waker::noop()).is_pending());
        let (panic, line) = (panic_of(|| drop(call.with_local(&NUMBER))), line!());
        assert_eq!((panic.file.as_str(), panic.line), (file!(), line));
        assert_eq!(panic.message, "`with_local` on a blocking call that has been polled already");
        assert!(is_gone(&alive));
        drop(held);
        drain(runtime.handle());
        assert!(!has(&has_run));
    });
}
