//! `run_sync`: the hop.

use std::error::Error;
use std::panic::{AssertUnwindSafe, panic_any};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, Weak, mpsc};
use std::task::{Poll, Wake, Waker};
use std::thread::{self, ThreadId};

use futures::FutureExt;
use futures::executor::block_on;
use futures::future::{Either, join_all, select};
use lionpride_concurrency::{Job, RunSync, RunSyncError, run_sync};
use tokio::runtime::{Builder, Handle, Runtime};

use crate::support::{
    Bell, SHUTDOWNS, captured, drain, flavours, hold_a_thread, in_time, is_gone, on_both, on_drop,
    on_each, owning_one_blocking_thread, panic_of, payload_of, poll, text_of,
    with_one_blocking_thread,
};

/// A call that tells whether it has run and whether what it captured is still there.
fn observed_call() -> (RunSync<impl Job<Output = ()>>, Arc<AtomicBool>, Weak<()>) {
    let (has_run, (value, alive)) = (Arc::new(AtomicBool::new(false)), captured());
    let flag = Arc::clone(&has_run);
    let call = run_sync(move || {
        flag.store(true, Ordering::SeqCst);
        drop(value);
    });
    (call, has_run, alive)
}

fn has(flag: &AtomicBool) -> bool {
    flag.load(Ordering::SeqCst)
}

/// A handle of a runtime that has been shut down.
fn shut_down(runtime: Runtime, shutdown: fn(Runtime)) -> Handle {
    let handle = runtime.handle().clone();
    shutdown(runtime);
    handle
}

/// A payload that is not text.
#[derive(Debug, PartialEq)]
struct Code(u8);

// The call and its result

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

// Many calls

#[test]
fn calls_on_one_thread_run_in_the_order_of_their_first_polls() {
    with_one_blocking_thread(|runtime| {
        let order = Arc::new(Mutex::new(Vec::new()));
        let calls = (0..1_000).map(|number| {
            let order = Arc::clone(&order);
            run_sync(move || {
                order.lock().unwrap().push(number);
                number
            })
        });
        let numbers = runtime.block_on(join_all(calls));
        assert!(numbers.into_iter().eq(0..1_000));
        assert!(order.lock().unwrap().iter().copied().eq(0..1_000));
    });
}

#[test]
fn calls_run_side_by_side_on_as_many_threads_as_there_are() {
    on_both(async || {
        let barrier = Arc::new(Barrier::new(8));
        let calls = (0..8).map(|_| {
            let barrier = Arc::clone(&barrier);
            run_sync(move || barrier.wait().is_leader())
        });
        let leaders = join_all(calls).await.into_iter().filter(|leads| *leads);
        assert_eq!(leaders.count(), 1);
    });
}

#[test]
fn a_job_may_wait_for_a_call_on_another_thread() {
    for mut builder in flavours() {
        let runtime = builder.max_blocking_threads(2).build().unwrap();
        let outer = run_sync(|| {
            let inner = Handle::current().block_on(run_sync(|| thread::current().id()));
            (thread::current().id(), inner)
        });
        let (outer, inner) = runtime.block_on(outer);
        assert_ne!(outer, inner);
    }
}

#[test]
fn a_call_may_be_waited_for_on_another_runtime() {
    on_each(|runtime| {
        let mut call = run_sync(|| 42);
        let context = runtime.enter();
        assert!(poll(&mut call, Waker::noop()).is_pending());
        drop(context);
        assert_eq!(Builder::new_current_thread().build().unwrap().block_on(call), 42);
    });
}

#[test]
fn a_call_may_be_waited_for_outside_a_runtime() {
    on_each(|runtime| {
        let (mut call, mut for_result) = (run_sync(|| 42), run_sync(|| 42).into_result());
        let context = runtime.enter();
        assert!(poll(&mut call, Waker::noop()).is_pending());
        assert!(poll(&mut for_result, Waker::noop()).is_pending());
        drop(context);
        assert_eq!(block_on(call), 42);
        assert_eq!(block_on(for_result).unwrap(), 42);
    });
}

#[test]
fn a_first_poll_outside_a_runtime_panics_with_what_to_do() {
    let (call, has_run, alive) = observed_call();
    let message = panic_of(|| block_on(call)).message;
    assert!(message.contains("tokio runtime"), "{message}");
    assert!(message.contains("#[tokio::main]") && message.contains("run_inline"), "{message}");
    assert!(!has(&has_run) && is_gone(&alive));

    let message = panic_of(|| block_on(run_sync(|| ()).into_result())).message;
    assert!(message.contains("tokio runtime"), "{message}");
}

// Wakers

#[test]
fn only_the_waker_of_the_last_poll_is_woken() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let held = hold_a_thread(runtime.handle());
        let (started, has_started) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let mut call = run_sync(move || {
            started.send(()).unwrap();
            let _ = released.recv();
        });
        let [first, second, third] = std::array::from_fn(|_| Bell::new());

        assert!(poll(&mut call, &first.1).is_pending());
        assert!(poll(&mut call, &second.1).is_pending());
        assert_eq!(Arc::strong_count(&first.0), 2, "replaced while queued, it is let go");
        drop(held);
        has_started.recv().unwrap();
        assert!(poll(&mut call, &third.1).is_pending());
        assert_eq!(Arc::strong_count(&second.0), 2, "replaced while running, it is let go");
        assert!(poll(&mut call, &third.1).is_pending());
        drop(release);

        third.0.wait_for(1);
        assert!(poll(&mut call, &third.1).is_ready());
        drain(runtime.handle());
        assert_eq!([first, second, third].map(|(bell, _)| bell.count()), [0, 0, 1]);
    });
}

#[test]
fn a_finished_call_keeps_no_waker() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let (bell, waker) = Bell::new();
        let mut call = run_sync(|| ());
        assert!(poll(&mut call, &waker).is_pending());
        drain(runtime.handle());
        assert_eq!((bell.count(), Arc::strong_count(&bell)), (1, 2));
        assert!(poll(&mut call, &waker).is_ready());
    });
}

#[test]
fn a_call_polled_after_completion_panics() {
    on_each(|runtime| {
        let mut call = run_sync(|| ());
        runtime.block_on(&mut call);
        assert!(panic_of(|| block_on(call)).message.contains("after completion"));

        let mut for_result = run_sync(|| ()).into_result();
        runtime.block_on(&mut for_result).unwrap();
        assert!(panic_of(|| block_on(for_result)).message.contains("after completion"));

        let mut panicking = run_sync(|| panic!("once"));
        payload_of(|| runtime.block_on(&mut panicking));
        assert!(panic_of(|| block_on(panicking)).message.contains("after completion"));
    });
}

// Panics

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

// Dropped while queued

#[test]
fn a_call_dropped_while_queued_never_runs() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let held = hold_a_thread(runtime.handle());
        let (mut call, has_run, _) = observed_call();
        assert!(poll(&mut call, Waker::noop()).is_pending());
        let (for_result, has_run_for_result, _) = observed_call();
        let mut for_result = for_result.into_result();
        assert!(poll(&mut for_result, Waker::noop()).is_pending());

        drop((call, for_result));
        drop(held);
        drain(runtime.handle());
        assert!(!has(&has_run) && !has(&has_run_for_result));
    });
}

#[test]
fn a_call_dropped_while_queued_frees_its_captures_and_its_waker_at_once() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let held = hold_a_thread(runtime.handle());
        let (mut call, _, alive) = observed_call();
        let (bell, waker) = Bell::new();
        assert!(poll(&mut call, &waker).is_pending());
        assert!(!is_gone(&alive) && Arc::strong_count(&bell) == 3);

        drop(call);
        assert!(is_gone(&alive) && Arc::strong_count(&bell) == 2);
        drop(held);
        drain(runtime.handle());
        assert_eq!(bell.count(), 0);
    });
}

#[test]
fn what_a_queued_call_captured_is_dropped_by_who_drops_the_call() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let held = hold_a_thread(runtime.handle());
        let (dropped, dropped_on) = mpsc::channel();
        let guard = on_drop(move || dropped.send(thread::current().id()).unwrap());
        let mut call = run_sync(move || drop(guard));
        assert!(poll(&mut call, Waker::noop()).is_pending());
        drop(call);
        assert_eq!(dropped_on.try_recv(), Ok(thread::current().id()));
        drop(held);
    });
}

#[test]
fn a_capture_may_drop_other_calls_when_it_is_dropped() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let held = hold_a_thread(runtime.handle());
        let (mut inmost, has_run, alive) = observed_call();
        assert!(poll(&mut inmost, Waker::noop()).is_pending());
        let mut middle = run_sync(move || drop(inmost));
        assert!(poll(&mut middle, Waker::noop()).is_pending());
        let mut outmost = run_sync(move || drop(middle));
        assert!(poll(&mut outmost, Waker::noop()).is_pending());

        drop(outmost);
        assert!(is_gone(&alive));
        drop(held);
        drain(runtime.handle());
        assert!(!has(&has_run));
    });
}

/// The worker passes by the dropped call meanwhile: whoever drops it must not be in its way.
#[test]
fn a_capture_may_wait_for_the_pool_when_it_is_dropped() {
    in_time(|| {
        with_one_blocking_thread(|runtime| {
            let _context = runtime.enter();
            let (held, handle) = (hold_a_thread(runtime.handle()), runtime.handle().clone());
            let guard = on_drop(move || {
                drop(held);
                drain(&handle);
            });
            let mut call = run_sync(move || drop(guard));
            assert!(poll(&mut call, Waker::noop()).is_pending());
            drop(call);
        });
    });
}

/// A waker that is there to be dropped.
struct Keeps<T>(Option<T>);

impl<T: Send + Sync + 'static> Wake for Keeps<T> {
    fn wake(self: Arc<Self>) {
        assert!(self.0.is_some());
    }
}

/// The worker runs the call while a poll drops the waker of the poll before.
#[test]
fn a_waker_may_wait_for_the_pool_when_it_is_replaced() {
    in_time(|| {
        with_one_blocking_thread(|runtime| {
            let _context = runtime.enter();
            let (held, handle) = (hold_a_thread(runtime.handle()), runtime.handle().clone());
            let guard = on_drop(move || {
                drop(held);
                drain(&handle);
            });
            let mut call = run_sync(|| 42);
            let waker = Waker::from(Arc::new(Keeps(Some(guard))));
            assert!(poll(&mut call, &waker).is_pending());
            drop(waker);
            let (bell, waker) = Bell::new();
            assert!(poll(&mut call, &waker).is_pending());
            bell.wait_for(1);
            assert_eq!(poll(&mut call, &waker), Poll::Ready(42));
        });
    });
}

#[test]
fn a_waker_may_poll_the_call_when_it_is_woken() {
    struct Polls<J: Job>(Mutex<RunSync<J>>, Mutex<mpsc::Sender<J::Output>>);

    impl<J: Job> Wake for Polls<J> {
        fn wake(self: Arc<Self>) {
            let polled = poll(&mut *self.0.lock().unwrap(), Waker::noop());
            if let Poll::Ready(output) = polled {
                self.1.lock().unwrap().send(output).unwrap();
            }
        }
    }

    in_time(|| {
        with_one_blocking_thread(|runtime| {
            let _context = runtime.enter();
            let held = hold_a_thread(runtime.handle());
            let (ended, has_ended) = mpsc::channel();
            let polls = Arc::new(Polls(Mutex::new(run_sync(|| 42)), Mutex::new(ended)));
            let waker = Waker::from(Arc::clone(&polls));
            assert!(poll(&mut *polls.0.lock().unwrap(), &waker).is_pending());
            drop(held);
            assert_eq!(has_ended.recv(), Ok(42));
        });
    });
}

#[test]
fn a_queued_call_that_loses_a_race_never_runs() {
    with_one_blocking_thread(|runtime| {
        let held = hold_a_thread(runtime.handle());
        let (selected, has_run, alive) = observed_call();
        let (raced, has_run_raced, alive_raced) = observed_call();
        runtime.block_on(async {
            tokio::select! {
                biased;
                () = selected => panic!("the only thread is held"),
                () = tokio::task::yield_now() => {}
            }
            assert!(is_gone(&alive));

            let winner = Box::pin(tokio::task::yield_now());
            match select(raced, winner).await {
                Either::Left(_) => panic!("the only thread is held"),
                Either::Right(((), loser)) => drop(loser),
            }
            assert!(is_gone(&alive_raced));
        });
        drop(held);
        drain(runtime.handle());
        assert!(!has(&has_run) && !has(&has_run_raced));
    });
}

#[test]
fn a_queued_call_is_dropped_with_its_task() {
    with_one_blocking_thread(|runtime| {
        let held = hold_a_thread(runtime.handle());
        let (call, has_run, alive) = observed_call();
        runtime.block_on(async {
            let (polled, is_polled) = tokio::sync::oneshot::channel();
            let task = tokio::spawn(async move {
                let mut call = call;
                assert!(poll(&mut call, Waker::noop()).is_pending());
                polled.send(()).unwrap();
                call.await;
            });
            is_polled.await.unwrap();
            task.abort();
            assert!(task.await.unwrap_err().is_cancelled());
            assert!(is_gone(&alive));
        });
        drop(held);
        drain(runtime.handle());
        assert!(!has(&has_run));
    });
}

// Dropped later

/// A call that is running: it goes on once `release` is dropped, and its result tells on which
/// thread it was dropped.
struct Running<J: Job> {
    call: RunSync<J>,
    worker: ThreadId,
    release: mpsc::Sender<()>,
    result_dropped_on: mpsc::Receiver<ThreadId>,
}

fn running(waker: &Waker) -> Running<impl Job> {
    let (started, has_started) = mpsc::channel();
    let (release, released) = mpsc::channel();
    let (dropped, result_dropped_on) = mpsc::channel();
    let mut call = run_sync(move || {
        started.send(thread::current().id()).unwrap();
        let _ = released.recv();
        on_drop(move || dropped.send(thread::current().id()).unwrap())
    });
    assert!(poll(&mut call, waker).is_pending());
    Running { call, worker: has_started.recv().unwrap(), release, result_dropped_on }
}

#[test]
fn a_call_dropped_while_it_runs_runs_to_its_end_and_drops_its_result_there() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let (bell, waker) = Bell::new();
        let running = running(&waker);
        drop(running.call);
        assert_eq!(Arc::strong_count(&bell), 2, "nobody waits any longer");
        drop(running.release);
        assert_eq!(running.result_dropped_on.recv(), Ok(running.worker));
        assert_eq!(bell.count(), 0);
    });
}

#[test]
fn a_call_dropped_when_it_is_done_drops_its_result_with_it() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let (bell, waker) = Bell::new();
        let running = running(&waker);
        drop(running.release);
        bell.wait_for(1);
        assert!(running.result_dropped_on.try_recv().is_err());
        drop(running.call);
        assert_eq!(running.result_dropped_on.try_recv(), Ok(thread::current().id()));
    });
}

#[test]
fn a_panic_of_a_call_that_nobody_waits_for_goes_nowhere() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let (started, has_started) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let mut call = run_sync(move || {
            started.send(()).unwrap();
            let _ = released.recv();
            panic!("nobody hears this");
        });
        assert!(poll(&mut call, Waker::noop()).is_pending());
        has_started.recv().unwrap();
        drop(call);
        drop(release);
        assert_eq!(runtime.block_on(run_sync(|| 42)), 42);
    });
}

#[test]
fn a_result_that_panics_when_it_is_dropped_harms_nobody_else() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let (started, has_started) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let mut call = run_sync(move || {
            started.send(()).unwrap();
            let _ = released.recv();
            on_drop(|| panic!("not even to be dropped"))
        });
        assert!(poll(&mut call, Waker::noop()).is_pending());
        has_started.recv().unwrap();
        drop(call);
        drop(release);
        assert_eq!(runtime.block_on(run_sync(|| 42)), 42);
    });
}

// Inline

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
        let message = panic_of(|| call.run_inline()).message;
        assert!(message.contains("run_inline") && message.contains("polled"), "{message}");
        assert!(is_gone(&alive));
        drop(held);
        drain(runtime.handle());
        assert!(!has(&has_run));
    });
}

// Shutdown

#[test]
fn a_first_poll_after_the_shutdown_is_a_shutdown_error() {
    for shutdown in SHUTDOWNS {
        owning_one_blocking_thread(|runtime| {
            let handle = shut_down(runtime, shutdown);
            let (call, has_run, alive) = observed_call();
            let mut call = call.into_result();
            let (bell, waker) = Bell::new();
            let context = handle.enter();
            let mut polled = poll(&mut call, &waker);
            drop(context);
            if polled.is_pending() {
                assert!(bell.count() > 0, "nobody else would poll it again");
                polled = poll(&mut call, &waker);
            }
            assert!(matches!(polled, Poll::Ready(Err(RunSyncError::Shutdown))));
            assert!(!has(&has_run) && is_gone(&alive));
        });
    }
}

#[test]
fn a_lost_call_panics_when_it_is_awaited_on_another_runtime() {
    for shutdown in SHUTDOWNS {
        owning_one_blocking_thread(|runtime| {
            let handle = shut_down(runtime, shutdown);
            let mut call = run_sync(|| ());
            let context = handle.enter();
            assert!(poll(&mut call, Waker::noop()).is_pending());
            drop(context);
            let elsewhere = Builder::new_current_thread().build().unwrap();
            let message = in_time(move || panic_of(|| elsewhere.block_on(call)).message);
            assert!(message.contains("runtime was shut down"), "{message}");
            assert!(message.contains("into_result"), "{message}");
        });
    }
}

#[test]
fn a_lost_call_panics_when_it_is_awaited_outside_a_runtime() {
    for shutdown in SHUTDOWNS {
        owning_one_blocking_thread(|runtime| {
            let handle = shut_down(runtime, shutdown);
            let mut call = run_sync(|| ());
            let context = handle.enter();
            assert!(poll(&mut call, Waker::noop()).is_pending());
            drop(context);
            in_time(move || {
                for _ in 0..2 {
                    let message = panic_of(|| block_on(&mut call)).message;
                    assert!(message.contains("runtime was shut down"), "{message}");
                }
            });
        });
    }
}

/// The task is in the middle of a poll when its runtime goes.
#[test]
fn a_lost_call_parks_the_task_that_is_about_to_be_dropped() {
    let mut builder = Builder::new_multi_thread();
    let runtime = builder.worker_threads(1).build().unwrap();
    let (entered, is_entered) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let (went_on, has_gone_on) = mpsc::channel::<()>();
    let task = runtime.spawn(async move {
        entered.send(()).unwrap();
        let _ = released.recv();
        run_sync(|| ()).await;
        went_on.send(()).unwrap();
    });
    is_entered.recv().unwrap();
    runtime.shutdown_background();
    drop(release);
    assert!(in_time(|| block_on(task)).unwrap_err().is_cancelled());
    assert!(has_gone_on.recv().is_err());
}

/// A value that polls a call when its task is dropped, as an asynchronous clean-up would.
#[test]
fn a_lost_call_parks_where_its_runtime_drops_its_tasks() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let (polled, is_polled) = mpsc::channel();
    let clean_up = on_drop(move || {
        let mut call = run_sync(|| ());
        for _ in 0..3 {
            polled.send(poll(&mut call, Waker::noop())).unwrap();
        }
    });
    runtime.spawn(async move {
        let _clean_up = clean_up;
        std::future::pending::<()>().await;
    });
    runtime.block_on(tokio::task::yield_now());
    runtime.shutdown_background();
    assert_eq!(is_polled.iter().collect::<Vec<_>>(), [Poll::Pending; 3]);
}

#[test]
fn a_call_that_runs_when_its_runtime_shuts_down_ends_as_ever() {
    for shutdown in SHUTDOWNS {
        owning_one_blocking_thread(|runtime| {
            let context = runtime.enter();
            let (started, has_started) = mpsc::channel();
            let (release, released) = mpsc::channel::<()>();
            let mut call = run_sync(move || {
                started.send(()).unwrap();
                let _ = released.recv();
                42
            });
            assert!(poll(&mut call, Waker::noop()).is_pending());
            has_started.recv().unwrap();
            drop(context);
            shutdown(runtime);
            drop(release);
            assert_eq!(in_time(|| block_on(call)), 42);
        });
    }
}

/// The pool runs some of what is queued when it shuts down, and gives up the rest. Whatever it
/// makes of a call: the answer is true, and nothing is left behind.
#[test]
fn a_call_that_meets_a_shutdown_either_runs_or_says_that_it_did_not() {
    for round in 0..200 {
        for shutdown in SHUTDOWNS {
            for mut builder in flavours() {
                let runtime = builder.max_blocking_threads(1).build().unwrap();
                // Whether the thread is new, idle or busy makes a different race.
                let held = (round % 3 == 1).then(|| hold_a_thread(runtime.handle()));
                if round % 3 == 2 {
                    drain(runtime.handle());
                }
                let (call, has_run, alive) = observed_call();
                let mut call = call.into_result();
                let context = runtime.enter();
                assert!(poll(&mut call, Waker::noop()).is_pending());
                drop(context);
                shutdown(runtime);
                drop(held);
                match in_time(|| block_on(call)) {
                    Ok(()) => assert!(has(&has_run)),
                    Err(RunSyncError::Shutdown) => assert!(!has(&has_run)),
                    Err(other) => panic!("{other}"),
                }
                assert!(is_gone(&alive));
            }
        }
    }
}

/// An idle thread gets the call or comes too late, as the race with the shutdown goes: the test
/// waits for the first call that is lost. Its capture does not let itself be dropped so soon.
#[test]
fn a_lost_call_has_freed_its_captures_when_it_says_that_it_is_lost() {
    for _ in 0..5_000 {
        let runtime = Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
        drain(runtime.handle());
        let (dropping, is_dropping) = mpsc::channel();
        let (open, opened) = mpsc::channel::<()>();
        let guard = on_drop(move || {
            dropping.send(()).unwrap();
            let _ = opened.recv();
        });
        let mut call = run_sync(move || guard).into_result();
        let (bell, waker) = Bell::new();
        let context = runtime.enter();
        assert!(poll(&mut call, &waker).is_pending());
        drop(context);
        runtime.shutdown_background();
        while bell.count() == 0 {
            if is_dropping.try_recv().is_ok() {
                assert!(poll(&mut call, &waker).is_pending(), "its capture is still there");
                drop(open);
                bell.wait_for(1);
                assert!(matches!(poll(&mut call, &waker), Poll::Ready(Err(_))));
                return;
            }
            thread::yield_now();
        }
        drop(open);
    }
    eprintln!("no call was lost: nothing is proved");
}

#[test]
fn a_lost_call_wakes_its_task_though_a_capture_panics_when_it_is_dropped() {
    owning_one_blocking_thread(|runtime| {
        let handle = shut_down(runtime, Runtime::shutdown_background);
        let capture = on_drop(|| panic!("not even to be dropped"));
        let mut call = run_sync(move || drop(capture)).into_result();
        let (bell, waker) = Bell::new();
        let context = handle.enter();
        let mut polled = poll(&mut call, &waker);
        drop(context);
        if polled.is_pending() {
            assert!(bell.count() > 0, "nobody else would poll it again");
            polled = poll(&mut call, &waker);
        }
        assert!(matches!(polled, Poll::Ready(Err(RunSyncError::Shutdown))));
    });
}

/// A runtime waits for its blocking jobs: one that parked would keep it for ever.
#[test]
fn a_job_that_waits_for_a_lost_call_panics_and_lets_its_runtime_go() {
    for mut builder in flavours() {
        let runtime = builder.max_blocking_threads(2).build().unwrap();
        let (started, has_started) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let mut job = run_sync(move || {
            started.send(()).unwrap();
            let _ = released.recv();
            Handle::current().block_on(run_sync(|| ()));
        })
        .into_result();
        let context = runtime.enter();
        assert!(poll(&mut job, Waker::noop()).is_pending());
        has_started.recv().unwrap();
        drop(context);
        runtime.shutdown_background();
        drop(release);
        let error = in_time(|| block_on(job)).unwrap_err();
        assert!(error.to_string().contains("runtime was shut down"), "{error}");
    }
}

#[test]
fn a_thread_that_waits_for_a_lost_call_through_a_handle_panics() {
    owning_one_blocking_thread(|runtime| {
        let handle = shut_down(runtime, Runtime::shutdown_background);
        let payload = in_time(move || payload_of(|| handle.block_on(run_sync(|| ()))));
        let message = text_of(payload.as_ref()).unwrap();
        assert!(message.contains("runtime was shut down"), "{message}");
    });
}

#[test]
fn calls_of_many_threads_are_all_answered() {
    on_each(|runtime| {
        let answered = Arc::new(AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for turn in 0..500 {
                        let answer = runtime.handle().block_on(run_sync(move || turn));
                        assert_eq!(answer, turn);
                        answered.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(answered.load(Ordering::SeqCst), 2_000);
    });
}

/// The drop races with the start, the run and the end of each call.
#[test]
fn a_call_dropped_at_any_moment_leaves_nothing_behind() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let mut all = Vec::new();
        for turn in 0..2_000 {
            let (mut call, _, alive) = observed_call();
            assert!(poll(&mut call, Waker::noop()).is_pending());
            for _ in 0..turn % 40 {
                std::hint::spin_loop();
            }
            drop(call);
            all.push(alive);
        }
        // A job that had started may still be on its way to its end.
        in_time(move || {
            while !all.iter().all(is_gone) {
                thread::yield_now();
            }
        });
    });
}
