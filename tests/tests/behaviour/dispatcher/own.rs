//! Dispatchers of the user's own.

use std::sync::{Arc, Mutex, mpsc};
use std::task::{Poll, Waker};
use std::thread;

use futures::executor::block_on;
use futures::future::join_all;
use lionpride_concurrency::{
    AsDispatcher, Dispatcher, Limiter, Pool, RunSyncError, Task, run_async, run_sync,
};
use tokio::runtime::Handle;

use crate::support::{
    Bell, captured, flavours, in_time, is_gone, on_both, on_drop, on_each, poll, until,
};

use super::{Crowd, has, held, numbers, observed_call, sent};

/// A thread for each call.
#[derive(Clone)]
struct Threads;

impl Dispatcher for Threads {
    fn dispatch(&self, task: Task) {
        let name = task.name().unwrap_or("unnamed").to_owned();
        thread::Builder::new().name(name).spawn(|| task.run()).unwrap();
    }
}

/// Gives up every call.
#[derive(Clone)]
struct Drops;

impl Dispatcher for Drops {
    fn dispatch(&self, task: Task) {
        drop(task);
    }
}

/// Does the work where it is asked to.
#[derive(Clone)]
struct Here;

impl Dispatcher for Here {
    fn dispatch(&self, task: Task) {
        task.run();
    }
}

/// Hands on to a limiter.
#[derive(Clone)]
struct Through(Limiter);

impl Dispatcher for Through {
    fn dispatch(&self, task: Task) {
        self.0.dispatch(task);
    }
}

/// Keeps what it is given until somebody takes it.
#[derive(Clone, Default)]
struct Later(Arc<Mutex<Vec<Task>>>);

impl Later {
    fn take(&self) -> Task {
        self.0.lock().unwrap().remove(0)
    }
}

impl Dispatcher for Later {
    fn dispatch(&self, task: Task) {
        self.0.lock().unwrap().push(task);
    }
}

fn thread_name() -> Option<String> {
    thread::current().name().map(str::to_owned)
}

#[test]
fn a_call_runs_where_its_dispatcher_brings_it_under_its_name() {
    on_both(async || {
        assert_eq!(run_sync(thread_name).on(&Threads).await.as_deref(), Some("unnamed"));
        let named = run_sync(thread_name).named("given").on(&Threads).await;
        assert_eq!(named.as_deref(), Some("given"));
    });
}

#[test]
fn a_panic_on_a_dispatcher_of_ones_own_goes_on_in_the_caller() {
    on_both(async || {
        let call = run_sync(|| -> u8 { panic!("here") }).on(&Threads).into_result();
        assert_eq!(call.await.unwrap_err().to_string(), "the blocking call panicked: here");
    });
}

#[test]
fn a_task_knows_its_name_and_its_runtime() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let later = Later::default();
        let call = sent(run_sync(|| Handle::current().id()).named("known").on(&later));
        let task = later.take();
        assert_eq!(task.name(), Some("known"));
        assert_eq!(task.runtime().id(), runtime.handle().id());
        assert_eq!(format!("{task:?}"), r#"Task { name: Some("known"), .. }"#);
        // A thread that was in no runtime is in the caller's meanwhile.
        let runner = thread::spawn(|| {
            task.run();
            Handle::try_current().is_err()
        });
        assert!(runner.join().unwrap());
        assert_eq!(block_on(call), runtime.handle().id());

        let call = sent(run_sync(|| ()).on(&later));
        assert_eq!(later.take().name(), None);
        drop(call);
    });
}

#[test]
fn a_task_that_is_dropped_is_lost() {
    on_each(|runtime| {
        let (call, has_run, alive) = observed_call();
        let result = runtime.block_on(call.on(&Drops).into_result());
        assert!(matches!(result, Err(RunSyncError::Shutdown)));
        assert!(!has(&has_run) && is_gone(&alive));

        let (call, has_run, alive) = observed_call();
        let result = runtime.block_on(call.on(&Drops).shielded().into_result());
        assert!(matches!(result, Err(RunSyncError::Shutdown)));
        assert!(!has(&has_run) && is_gone(&alive));
    });
}

#[test]
fn a_task_that_is_dropped_later_wakes_its_caller() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let later = Later::default();
        let (call, has_run, alive) = observed_call();
        let (mut call, (bell, waker)) = (call.on(&later).into_result(), Bell::new());
        assert!(poll(&mut call, &waker).is_pending());
        assert!(!is_gone(&alive));
        drop(later.take());
        assert_eq!(bell.count(), 1);
        assert!(is_gone(&alive) && !has(&has_run));
        assert!(matches!(poll(&mut call, &waker), Poll::Ready(Err(RunSyncError::Shutdown))));
    });
}

#[test]
fn a_task_whose_caller_is_gone_does_nothing() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let later = Later::default();
        let (call, has_run, alive) = observed_call();
        drop(sent(call.on(&later)));
        assert!(is_gone(&alive));
        later.take().run();
        assert!(!has(&has_run));
    });
}

#[test]
fn a_task_that_runs_never_panics() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let later = Later::default();
        let panics = sent(run_sync(|| -> u8 { panic!("in the work") }).on(&later));
        later.take().run();
        drop(panics);

        // Its caller goes away while it runs: the result is dropped there.
        let (begin, begins) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let work = move || {
            begin.send(()).unwrap();
            let _ = released.recv();
            on_drop(|| panic!("not even to be dropped"))
        };
        let call = sent(run_sync(work).on(&later));
        let task = later.take();
        let runner = thread::spawn(|| task.run());
        begins.recv().unwrap();
        drop(call);
        drop(release);
        runner.join().unwrap();
    });
}

#[test]
fn a_dispatcher_may_run_the_task_at_once() {
    on_both(async || {
        let caller = thread::current().id();
        assert_eq!(run_sync(|| thread::current().id()).on(&Here).await, caller);
        let nested = run_sync(|| run_async(run_sync(|| 42).on(&Here))).on(&Here);
        assert_eq!(nested.await, 42);
        let call = run_sync(|| -> u8 { panic!("at once") }).on(&Here).into_result();
        assert!(matches!(call.await, Err(RunSyncError::Panicked(_))));
        tokio::spawn(run_sync(|| ()).on(&Here)).await.unwrap();
    });
}

#[test]
fn a_dispatcher_may_name_the_pool() {
    on_both(async || {
        assert_eq!(run_sync(|| 42).on(&Pool).await, 42);
        assert_eq!(run_sync(|| 42).on(&Limiter::new("left", 1)).on(&Pool).await, 42);
    });
}

#[test]
fn a_reference_to_a_dispatcher_gives_a_handle_of_it() {
    let limiter = Limiter::new("one", 1);
    let reserved = limiter.try_run(|| ()).unwrap();
    assert_eq!(limiter.to_dispatcher().in_use(), 1);
    drop(reserved);
}

#[test]
fn calls_handed_on_to_a_limiter_are_bounded_and_counted() {
    on_each(|runtime| {
        let limiter = Limiter::new("behind", 2);
        let through = Through(limiter.clone());
        let crowd = Arc::new(Crowd::default());
        let visit = || {
            let crowd = Arc::clone(&crowd);
            run_sync(move || crowd.visit()).on(&through)
        };
        runtime.block_on(join_all((0..500).map(|_| visit())));
        assert!(crowd.most() <= 2);
        assert_eq!(numbers(limiter.stats()), [0, 0, 0, 500, 0, 0]);
        assert_eq!((limiter.in_use(), limiter.waiting()), (0, 0));
    });
}

fn dive(through: &Through, depth: usize) -> usize {
    let inner = through.clone();
    let work = move || 1 + if depth == 0 { 0 } else { dive(&inner, depth - 1) };
    run_async(run_sync(work).on(through))
}

#[test]
fn calls_handed_on_to_a_limiter_are_reentrant() {
    in_time(|| {
        for threads in [1, 4] {
            for mut builder in flavours() {
                let runtime = builder.max_blocking_threads(threads).build().unwrap();
                let through = Through(Limiter::new("behind", 1));
                let inner = through.clone();
                let call = run_sync(move || dive(&inner, 4)).on(&through);
                assert_eq!(runtime.block_on(call), 5);
                // Through the limiter itself as well.
                let inner = through.clone();
                let call = run_sync(move || dive(&inner, 1)).on(&through.0);
                assert_eq!(runtime.block_on(call), 2);
                assert_eq!(through.0.available(), 1);
            }
        }
    });
}

#[test]
fn a_call_handed_on_later_runs_under_the_limiter() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let (later, limiter) = (Later::default(), Limiter::new("later", 1));
        let call = sent(run_sync(|| 42).on(&later));
        let task = later.take();
        let handed_on = limiter.clone();
        thread::spawn(move || handed_on.dispatch(task)).join().unwrap();
        assert_eq!(block_on(call), 42);
        assert_eq!(numbers(limiter.stats()), [0, 0, 0, 1, 0, 0]);
        assert_eq!(limiter.available(), 1);
    });
}

/// Nobody would ever give its permit back.
#[test]
fn a_call_handed_on_after_it_was_dropped_takes_no_permit() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let (later, limiter) = (Later::default(), Limiter::new("too late", 1));
        drop(sent(run_sync(|| ()).on(&later)));
        limiter.dispatch(later.take());
        assert_eq!((limiter.in_use(), limiter.waiting()), (0, 0));

        // Nor does it wait for one.
        let (hold, begins, release) = held();
        let hold = sent(hold.on(&limiter));
        begins.recv().unwrap();
        drop(sent(run_sync(|| ()).on(&later)));
        limiter.dispatch(later.take());
        assert_eq!((limiter.in_use(), limiter.waiting()), (1, 0));
        drop(release);
        block_on(hold);
        assert_eq!(runtime.block_on(run_sync(|| 42).on(&limiter)), 42);
        let stats = limiter.stats();
        assert_eq!((stats.queued, stats.running, stats.abandoned), (0, 0, 0));
    });
}

#[test]
fn a_call_dropped_while_it_is_handed_on_leaves_its_permit() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("racing", 1);
        let (tasks, to_hand_on) = mpsc::channel::<Task>();
        let handed_on = limiter.clone();
        let hands_on = thread::spawn(move || {
            for task in to_hand_on {
                handed_on.dispatch(task);
            }
        });
        let later = Later::default();
        for turn in 0..2_000 {
            let call = sent(run_sync(|| ()).on(&later));
            tasks.send(later.take()).unwrap();
            for _ in 0..turn % 50 {
                std::hint::spin_loop();
            }
            drop(call);
        }
        drop(tasks);
        hands_on.join().unwrap();
        until(|| limiter.in_use() == 0 && limiter.waiting() == 0);
        assert_eq!(runtime.block_on(run_sync(|| 42).on(&limiter)), 42);
        until(|| limiter.stats().abandoned == 0);
        assert_eq!((limiter.stats().queued, limiter.stats().running), (0, 0));
    });
}

#[test]
fn a_shielded_call_handed_on_after_its_caller_has_gone_runs_and_is_counted() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let (later, limiter) = (Later::default(), Limiter::new("shielded", 1));
        let (hold, begins, release) = held();
        let hold = sent(hold.on(&limiter));
        begins.recv().unwrap();
        let (call, has_run, _) = observed_call();
        drop(sent(call.shielded().on(&later)));
        limiter.dispatch(later.take());
        assert_eq!(numbers(limiter.stats()), [1, 1, 1, 0, 0, 0]);
        drop(release);
        block_on(hold);
        until(|| numbers(limiter.stats()) == [0, 0, 0, 2, 0, 0]);
        assert!(has(&has_run));
    });
}

/// Its lender has ended: there is nothing left to borrow.
#[test]
fn a_nested_call_handed_on_after_the_end_of_its_lender_needs_a_permit_of_its_own() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let (later, limiter) = (Later::default(), Limiter::new("ended", 1));
        let inner = later.clone();
        let lender = run_sync(move || sent(run_sync(|| 42).on(&inner)));
        let nested = runtime.block_on(lender.on(&limiter));
        let (hold, begins, release) = held();
        let hold = sent(hold.on(&limiter));
        begins.recv().unwrap();
        limiter.dispatch(later.take());
        assert_eq!((limiter.in_use(), limiter.waiting()), (1, 1));
        drop(release);
        block_on(hold);
        assert_eq!(block_on(nested), 42);
        assert_eq!((limiter.in_use(), limiter.waiting()), (0, 0));
    });
}

#[test]
fn a_call_holds_a_handle_of_its_dispatcher_until_it_is_polled() {
    /// Counts its handles.
    #[derive(Clone)]
    struct Counted(#[allow(dead_code)] Arc<()>);

    impl Dispatcher for Counted {
        fn dispatch(&self, task: Task) {
            task.run();
        }
    }

    on_each(|runtime| {
        let _context = runtime.enter();
        let (value, alive) = captured();
        let call = run_sync(|| 42).on(&Counted(value));
        assert!(!is_gone(&alive));
        let mut call = sent(call);
        assert!(is_gone(&alive));
        assert_eq!(poll(&mut call, Waker::noop()), Poll::Ready(42));
    });
}
