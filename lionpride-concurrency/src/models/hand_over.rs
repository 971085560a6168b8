//! The slot: what the caller and the worker of a call do to it at the same time.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use shuttle::future::block_on;
use shuttle::thread;

use super::{Tally, exhaust, explore, poll, settle};
use crate::run_sync::Hop;
use crate::{Dispatcher, RunSyncError, Task, is_cancelled, run_sync};

/// What does something with the call behind a task, on threads of its own.
#[derive(Clone, Copy)]
struct Threads(&'static [fn(Task)]);

impl Dispatcher for Threads {
    fn dispatch(&self, task: Task) {
        let hop: Arc<dyn Hop> = task.keep();
        for act in self.0 {
            let task = Task::new(Arc::clone(&hop));
            super::spawn(move || act(task));
        }
    }
}

/// As [`Task::run`], without its runtime: the threads of a model are all one.
fn run(task: Task) {
    drop(task.keep().run(false));
}

/// A pool, and a thread that rescues the same call.
const TWO_RUNNERS: Threads = Threads(&[run, run]);
/// A runtime that goes away.
const LOSES: Threads = Threads(&[drop::<Task>]);
/// A runtime that goes away, and a thread that rescues the same call.
const RUNS_AND_LOSES: Threads = Threads(&[run, drop::<Task>]);

#[test]
fn a_call_is_answered() {
    exhaust(|| {
        let tally = Tally::at_a_stretch();
        drop(block_on(run_sync(tally.work())));
        settle();
        assert_eq!(tally.begun(), 1);
        tally.adds_up();
    });
}

#[test]
fn a_call_that_is_polled_while_it_ends_wakes_who_polled_last() {
    explore(|| {
        let tally = Tally::new();
        let mut call = run_sync(tally.work());
        assert!(poll(&mut call).is_pending());
        if let Poll::Ready(result) = poll(&mut call) {
            drop(result);
        } else {
            drop(block_on(call));
        }
        settle();
        assert_eq!(tally.begun(), 1);
        tally.adds_up();
    });
}

/// Dropped before the start, while the work runs, while it ends, after that: all in one.
#[test]
fn a_dropped_call_runs_or_is_freed() {
    exhaust(|| {
        let tally = Tally::at_a_stretch();
        let mut call = run_sync(tally.work());
        assert!(poll(&mut call).is_pending());
        drop(call);
        settle();
        tally.adds_up();
    });
}

#[test]
fn a_call_that_is_dropped_while_its_work_is_busy_runs_or_is_freed() {
    explore(|| {
        let tally = Tally::new();
        let mut call = run_sync(tally.work());
        assert!(poll(&mut call).is_pending());
        drop(call);
        settle();
        tally.adds_up();
    });
}

/// What was captured is gone when the drop returns, unless the work has begun.
#[test]
fn a_drop_frees_at_once_what_never_begins() {
    explore(|| {
        let tally = Tally::new();
        let mut call = run_sync(tally.work());
        assert!(poll(&mut call).is_pending());
        drop(call);
        let given_up = tally.given_up();
        settle();
        assert_eq!(given_up, tally.given_up());
        tally.adds_up();
    });
}

#[test]
fn a_call_dropped_by_another_thread_while_it_is_polled_runs_or_is_freed() {
    explore(|| {
        let tally = Tally::new();
        let mut call = run_sync(tally.work());
        assert!(poll(&mut call).is_pending());
        let other = thread::spawn(move || {
            let polled = poll(&mut call);
            drop(call);
            drop(polled);
        });
        other.join().unwrap();
        settle();
        tally.adds_up();
    });
}

#[test]
fn a_shielded_call_always_runs() {
    exhaust(|| {
        let tally = Tally::at_a_stretch();
        let mut call = run_sync(tally.work()).shielded();
        assert!(poll(&mut call).is_pending());
        drop(call);
        settle();
        assert_eq!(tally.begun(), 1);
        tally.adds_up();
    });
}

#[test]
fn a_lost_call_is_answered_once_its_captures_are_gone() {
    exhaust(|| {
        let tally = Tally::at_a_stretch();
        let answer = block_on(run_sync(tally.work()).on(&LOSES).into_result());
        assert_eq!(tally.given_up(), 1);
        assert!(matches!(answer, Err(RunSyncError::Shutdown)));
        settle();
        tally.adds_up();
    });
}

#[test]
fn a_call_that_is_lost_and_dropped_is_freed_once() {
    exhaust(|| {
        let tally = Tally::at_a_stretch();
        let mut call = run_sync(tally.work()).on(&LOSES);
        assert!(poll(&mut call).is_pending());
        drop(call);
        settle();
        assert_eq!(tally.given_up(), 1);
        tally.adds_up();
    });
}

#[test]
fn a_shielded_call_that_is_lost_and_dropped_is_freed_once() {
    explore(|| {
        let tally = Tally::new();
        let mut call = run_sync(tally.work()).on(&LOSES).shielded();
        assert!(poll(&mut call).is_pending());
        drop(call);
        settle();
        assert_eq!(tally.given_up(), 1);
        tally.adds_up();
    });
}

#[test]
fn of_two_runners_one_does_the_work() {
    explore(|| {
        let tally = Tally::new();
        drop(block_on(run_sync(tally.work()).on(&TWO_RUNNERS)));
        settle();
        assert_eq!(tally.begun(), 1);
        tally.adds_up();
    });
}

#[test]
fn of_two_runners_at_most_one_does_the_work_of_a_dropped_call() {
    explore(|| {
        for shielded in [false, true] {
            let tally = Tally::new();
            let call = run_sync(tally.work()).on(&TWO_RUNNERS);
            if shielded {
                assert!(poll(&mut call.shielded()).is_pending());
            } else {
                assert!(poll(&mut { call }).is_pending());
            }
            settle();
            assert!(!shielded || tally.begun() == 1);
            tally.adds_up();
        }
    });
}

#[test]
fn a_call_that_is_run_and_lost_has_one_answer() {
    explore(|| {
        let tally = Tally::new();
        let answer = block_on(run_sync(tally.work()).on(&RUNS_AND_LOSES).into_result());
        assert_eq!(answer.is_ok(), tally.begun() == 1);
        drop(answer);
        settle();
        tally.adds_up();
    });
}

#[test]
fn work_hears_of_the_drop() {
    explore(|| {
        let tally = Tally::new();
        let mut call = run_sync(tally.around(|| {
            while !is_cancelled() {
                thread::yield_now();
            }
        }));
        assert!(poll(&mut call).is_pending());
        drop(call);
        settle();
        tally.adds_up();
    });
}

/// The inner call may be queued, running or over when the outer work lets go of it.
#[test]
fn nested_calls_that_nobody_waits_for_run_or_are_freed() {
    explore(|| {
        let (outer, inner) = (Tally::new(), Tally::new());
        let work = inner.work();
        drop(block_on(run_sync(outer.around(move || {
            let mut call = run_sync(work);
            assert!(poll(&mut call).is_pending());
            drop(call);
        }))));
        settle();
        outer.adds_up();
        inner.adds_up();
    });
}

/// The waker is cloned, woken and dropped while other threads do so: it is gone in the end.
#[test]
fn a_waker_is_woken_at_most_once_and_goes_away() {
    use shuttle::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use std::task::Wake;

    #[derive(Default)]
    struct Bell(AtomicUsize);

    impl Wake for Bell {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, SeqCst);
        }
    }

    explore(|| {
        let (tally, bell) = (Tally::new(), Arc::new(Bell::default()));
        let waker = Waker::from(Arc::clone(&bell));
        let mut call = Box::pin(run_sync(tally.work()));
        assert!(call.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        drop((call, waker));
        settle();
        assert!(bell.0.load(SeqCst) <= 1);
        assert_eq!(Arc::strong_count(&bell), 1);
        tally.adds_up();
    });
}
