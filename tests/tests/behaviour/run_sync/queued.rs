//! Dropped while queued.

use std::sync::{Arc, Mutex, mpsc};
use std::task::{Poll, Wake, Waker};
use std::thread::{self};

use futures::future::{Either, select};
use lionpride_concurrency::{Job, RunSync, run_sync};

use crate::support::{
    Bell, drain, hold_a_thread, in_time, is_gone, on_drop, poll, with_one_blocking_thread,
};

use super::{has, observed_call};

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
pub(super) struct Keeps<T>(pub(super) Option<T>);

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
