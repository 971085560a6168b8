//! Shielded.

use std::panic::{AssertUnwindSafe, panic_any};
use std::sync::{Arc, mpsc};
use std::task::{Poll, Waker};
use std::thread::{self, ThreadId};

use futures::FutureExt;
use futures::executor::block_on;
use lionpride_concurrency::{Job, Pool, RunSync, RunSyncError, Shielded, run_sync};
use tokio::runtime::Runtime;

use crate::support::{
    Bell, SHUTDOWNS, drain, flavours, hold_a_thread, in_time, is_gone, on_both, on_drop, on_each,
    owning_one_blocking_thread, panic_of, payload_of, poll, with_one_blocking_thread,
};

use super::queued::Keeps;
use super::{Code, has, observed_call, shut_down};

/// What happened, and on which thread, in order.
type Notes = mpsc::Receiver<(&'static str, ThreadId)>;

/// A shielded call that notes when it runs, and when its capture and its result are dropped.
fn noted_call() -> (RunSync<impl Job, Shielded<Pool>>, Notes) {
    let (log, notes) = mpsc::channel();
    let note = move |what| {
        let log = log.clone();
        move || log.send((what, thread::current().id())).unwrap()
    };
    let (run, capture) = (note("it runs"), on_drop(note("its capture is dropped")));
    let call = run_sync(move || {
        let _capture = capture;
        run();
        on_drop(note("its result is dropped"))
    });
    (call.shielded(), notes)
}

/// What a call notes that runs to its end.
const ALL: [&str; 3] = ["it runs", "its capture is dropped", "its result is dropped"];

/// Each note was made once, on the worker, and nothing of the call is left to make another.
fn assert_ran_whole_on(worker: ThreadId, notes: &Notes) {
    let expected = ALL.map(|what| (what, worker));
    assert_eq!(notes.try_iter().collect::<Vec<_>>(), expected);
    assert_eq!(notes.try_recv(), Err(mpsc::TryRecvError::Disconnected));
}

#[test]
fn a_shielded_call_gives_its_result() {
    on_both(async || {
        assert_eq!(run_sync(|| 42).shielded().await, 42);
        assert_eq!(run_sync(|| 42).shielded().shielded().into_result().await.unwrap(), 42);
        assert_eq!(tokio::spawn(run_sync(|| "in a task").shielded()).await.unwrap(), "in a task");
        let worker = run_sync(|| thread::current().id()).shielded().await;
        assert_ne!(worker, thread::current().id());
    });
}

#[test]
fn a_shielded_call_dropped_unpolled_frees_what_it_captured_and_never_runs() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let (call, has_run, alive) = observed_call();
        drop(call.shielded());
        assert!(is_gone(&alive));
        let (call, has_run_for_result, alive) = observed_call();
        drop(call.shielded().into_result());
        assert!(is_gone(&alive));
        drain(runtime.handle());
        assert!(!has(&has_run) && !has(&has_run_for_result));
    });
}

#[test]
fn a_shielded_call_dropped_while_queued_runs_once_and_leaves_nothing_behind() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let worker = runtime.block_on(run_sync(|| thread::current().id()));
        let held = hold_a_thread(runtime.handle());
        let (mut call, notes) = noted_call();
        assert!(poll(&mut call, Waker::noop()).is_pending());
        let (for_result, notes_for_result) = noted_call();
        let mut for_result = for_result.into_result();
        assert!(poll(&mut for_result, Waker::noop()).is_pending());

        drop((call, for_result));
        assert_eq!(notes.try_recv(), Err(mpsc::TryRecvError::Empty), "it keeps its captures");
        drop(held);
        drain(runtime.handle());
        assert_ran_whole_on(worker, &notes);
        assert_ran_whole_on(worker, &notes_for_result);
    });
}

#[test]
fn a_shielded_call_dropped_while_queued_lets_go_of_its_waker_at_once() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let held = hold_a_thread(runtime.handle());
        let (call, has_run, alive) = observed_call();
        let mut call = call.shielded();
        let (bell, waker) = Bell::new();
        assert!(poll(&mut call, &waker).is_pending());
        assert_eq!(Arc::strong_count(&bell), 3);

        drop(call);
        assert_eq!(Arc::strong_count(&bell), 2);
        assert!(!is_gone(&alive) && !has(&has_run));
        drop(held);
        drain(runtime.handle());
        assert!(is_gone(&alive) && has(&has_run));
        assert_eq!(bell.count(), 0);
    });
}

/// A waker that is dropped with its task may drop anything: whoever drops it must not be in the
/// worker's way.
#[test]
fn a_waker_may_wait_for_the_pool_when_a_shielded_call_lets_go_of_it() {
    in_time(|| {
        with_one_blocking_thread(|runtime| {
            let _context = runtime.enter();
            let (held, handle) = (hold_a_thread(runtime.handle()), runtime.handle().clone());
            let guard = on_drop(move || {
                drop(held);
                drain(&handle);
            });
            let (call, has_run, alive) = observed_call();
            let mut call = call.shielded();
            let waker = Waker::from(Arc::new(Keeps(Some(guard))));
            assert!(poll(&mut call, &waker).is_pending());
            drop(waker);
            drop(call);
            assert!(has(&has_run) && is_gone(&alive));
        });
    });
}

#[test]
fn a_shielded_call_outlives_its_task() {
    with_one_blocking_thread(|runtime| {
        let held = hold_a_thread(runtime.handle());
        let (call, has_run, alive) = observed_call();
        runtime.block_on(async {
            let (polled, is_polled) = tokio::sync::oneshot::channel();
            let task = tokio::spawn(async move {
                let mut call = call.shielded();
                assert!(poll(&mut call, Waker::noop()).is_pending());
                polled.send(()).unwrap();
                call.await;
            });
            is_polled.await.unwrap();
            task.abort();
            assert!(task.await.unwrap_err().is_cancelled());
        });
        assert!(!has(&has_run) && !is_gone(&alive));
        drop(held);
        drain(runtime.handle());
        assert!(has(&has_run) && is_gone(&alive));
    });
}

#[test]
fn a_shielded_call_that_loses_a_race_runs() {
    with_one_blocking_thread(|runtime| {
        let held = hold_a_thread(runtime.handle());
        let (call, has_run, _) = observed_call();
        runtime.block_on(async {
            tokio::select! {
                biased;
                () = call.shielded() => panic!("the only thread is held"),
                () = tokio::task::yield_now() => {}
            }
        });
        drop(held);
        drain(runtime.handle());
        assert!(has(&has_run));
    });
}

#[test]
fn a_shielded_call_dropped_while_it_runs_runs_to_its_end_and_drops_its_result_there() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let (started, has_started) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let (dropped, result_dropped_on) = mpsc::channel();
        let job = move || {
            started.send(thread::current().id()).unwrap();
            let _ = released.recv();
            on_drop(move || dropped.send(thread::current().id()).unwrap())
        };
        let mut call = run_sync(job).shielded();
        let (bell, waker) = Bell::new();
        assert!(poll(&mut call, &waker).is_pending());
        let worker = has_started.recv().unwrap();
        drop(call);
        assert_eq!(Arc::strong_count(&bell), 2, "nobody waits any longer");
        drop(release);
        assert_eq!(result_dropped_on.iter().collect::<Vec<_>>(), [worker]);
        assert_eq!(bell.count(), 0);
    });
}

#[test]
fn a_shielded_call_dropped_when_it_is_done_drops_its_result_with_it() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let (mut call, notes) = noted_call();
        assert!(poll(&mut call, Waker::noop()).is_pending());
        drain(runtime.handle());
        assert_eq!(notes.try_iter().map(|(what, _)| what).collect::<Vec<_>>(), ALL[..2]);
        drop(call);
        let here = thread::current().id();
        assert_eq!(notes.iter().collect::<Vec<_>>(), [(ALL[2], here)]);
    });
}

/// The drop races with the start, the run and the end of each call.
#[test]
fn a_shielded_call_dropped_at_any_moment_runs_once() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let mut all = Vec::new();
        for turn in 0..2_000 {
            let (mut call, notes) = noted_call();
            assert!(poll(&mut call, Waker::noop()).is_pending());
            for _ in 0..turn % 40 {
                std::hint::spin_loop();
            }
            drop(call);
            all.push(notes);
        }
        in_time(move || {
            for notes in all {
                assert!(notes.iter().map(|(what, _)| what).eq(ALL));
            }
        });
    });
}

/// Drops a shielded call of `job` while it is queued: the pool has to be well afterwards.
fn leave_while_queued<R: Send + 'static>(job: impl FnOnce() -> R + Send + Copy + 'static) {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let held = hold_a_thread(runtime.handle());
        let (started, has_started) = mpsc::channel();
        let mut call = run_sync(move || {
            started.send(()).unwrap();
            job()
        })
        .shielded();
        assert!(poll(&mut call, Waker::noop()).is_pending());
        drop(call);
        drop(held);
        assert_eq!(runtime.block_on(run_sync(|| 42)), 42);
        assert_eq!(has_started.try_recv(), Ok(()));
    });
}

#[test]
fn a_panic_of_a_shielded_call_that_nobody_waits_for_goes_nowhere() {
    leave_while_queued(|| panic!("nobody hears this"));
}

#[test]
fn a_result_of_a_shielded_call_that_panics_when_it_is_dropped_harms_nobody_else() {
    leave_while_queued(|| on_drop(|| panic!("not even to be dropped")));
}

#[test]
fn a_panic_of_a_shielded_call_goes_on_in_the_caller_with_its_payload() {
    on_both(async || {
        let call = AssertUnwindSafe(run_sync(|| panic_any(Code(7))).shielded()).catch_unwind();
        assert_eq!(*call.await.unwrap_err().downcast::<Code>().unwrap(), Code(7));

        let result = run_sync(|| panic_any(Code(8))).shielded().into_result().await;
        let result: Result<(), _> = result;
        let Err(RunSyncError::Panicked(payload)) = result else { panic!("{result:?}") };
        assert_eq!(*payload.downcast::<Code>().unwrap(), Code(8));
    });
}

#[test]
fn a_shielded_call_polled_first_after_the_shutdown_is_lost() {
    for shutdown in SHUTDOWNS {
        owning_one_blocking_thread(|runtime| {
            let handle = shut_down(runtime, shutdown);
            let (call, has_run, alive) = observed_call();
            let mut call = call.shielded().into_result();
            let (bell, waker) = Bell::new();
            let context = handle.enter();
            let _ = poll(&mut call, &waker);
            drop(context);
            assert!(bell.count() > 0 && is_gone(&alive));
            let polled = poll(&mut call, &waker);
            assert!(matches!(polled, Poll::Ready(Err(RunSyncError::Shutdown))));
            assert!(!has(&has_run));
        });
    }
}

/// The pool runs what is queued when it shuts down or gives it up, whether or not anybody waits.
#[test]
fn a_shielded_call_that_meets_a_shutdown_runs_once_or_not_at_all_and_leaves_nothing_behind() {
    for round in 0..200 {
        for shutdown in SHUTDOWNS {
            for mut builder in flavours() {
                let runtime = builder.max_blocking_threads(1).build().unwrap();
                // Whether the thread is new, idle or busy makes a different race.
                let held = (round % 3 == 1).then(|| hold_a_thread(runtime.handle()));
                if round % 3 == 2 {
                    drain(runtime.handle());
                }
                let (mut call, notes) = noted_call();
                let context = runtime.enter();
                assert!(poll(&mut call, Waker::noop()).is_pending());
                drop(context);
                let waiting = (round % 2 == 1).then(|| call.into_result());
                shutdown(runtime);
                drop(held);
                let result = waiting.map(|call| in_time(|| block_on(call).map(drop)));
                // It ends when nothing of the call is left.
                let notes = in_time(move || notes.iter().map(|(what, _)| what).collect::<Vec<_>>());
                match result {
                    Some(Ok(())) => assert_eq!(notes, ALL),
                    Some(Err(RunSyncError::Shutdown)) => assert_eq!(notes, ALL[1..2]),
                    Some(Err(other)) => panic!("{other}"),
                    None => assert!(notes == ALL || notes == ALL[1..2], "{notes:?}"),
                }
            }
        }
    }
}

#[test]
fn a_lost_shielded_call_panics_outside_its_runtime() {
    owning_one_blocking_thread(|runtime| {
        let handle = shut_down(runtime, Runtime::shutdown_background);
        let mut call = run_sync(|| ()).shielded();
        let context = handle.enter();
        assert!(poll(&mut call, Waker::noop()).is_pending());
        drop(context);
        let message = in_time(move || panic_of(|| block_on(call)).message);
        assert!(message.contains("runtime was shut down"), "{message}");
    });
}

#[test]
fn a_shielded_call_runs_inline_without_a_runtime() {
    let call = run_sync(|| thread::current().id()).shielded();
    assert_eq!(call.run_inline(), thread::current().id());
    let payload = payload_of(|| run_sync(|| panic_any(Code(3))).shielded().run_inline());
    assert_eq!(*payload.downcast::<Code>().unwrap(), Code(3));
}

#[test]
fn a_polled_call_is_not_shielded_any_more() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let held = hold_a_thread(runtime.handle());
        let (mut call, has_run, alive) = observed_call();
        assert!(poll(&mut call, Waker::noop()).is_pending());
        let (panic, line) = (panic_of(|| drop(call.shielded())), line!());
        assert_eq!((panic.file.as_str(), panic.line), (file!(), line));
        assert_eq!(panic.message, "`shielded` on a blocking call that has been polled already");
        assert!(is_gone(&alive));
        drop(held);
        drain(runtime.handle());
        assert!(!has(&has_run));

        let mut over = run_sync(|| ());
        runtime.block_on(&mut over);
        let message = panic_of(|| drop(over.shielded())).message;
        assert!(message.contains("polled already"), "{message}");
    });
}

#[test]
fn a_shielded_call_tells_its_stage() {
    on_each(|runtime| {
        let mut call = run_sync(|| ()).shielded();
        let unpolled = format!("{call:?}");
        runtime.block_on(&mut call);
        assert_eq!([unpolled, format!("{call:?}")], ["not polled yet", "over"].map(debug_of));
    });
}

fn debug_of(stage: &str) -> String {
    format!("RunSync({stage:?})")
}
