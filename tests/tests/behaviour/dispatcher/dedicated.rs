//! `Dedicated`: one thread, and what lives there.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::{Arc, LazyLock, Mutex, mpsc};
use std::thread::{self, ThreadId};

use futures::executor::block_on;
use futures::future::join_all;
use lionpride_concurrency::{Dedicated, RunSyncError, run_async, run_sync, sleep};
use tokio::runtime::{Builder, Handle};

use crate::support::{
    SHUTDOWNS, captured, flavours, in_time, is_gone, on_both, on_drop, on_each, panic_of, until,
};

use super::{has, held, numbers, observed_call, sent};

/// Two threads cannot share it.
type Journal = Rc<RefCell<Vec<usize>>>;

fn journal() -> Dedicated<Journal> {
    Dedicated::new("journal", Journal::default)
}

fn here() -> (ThreadId, Option<String>) {
    (thread::current().id(), thread::current().name().map(str::to_owned))
}

#[test]
fn all_is_done_on_one_thread_of_that_name() {
    on_both(async || {
        let built_on = Arc::new(Mutex::new(None));
        let of_build = Arc::clone(&built_on);
        let device = Dedicated::new("device", move || {
            *of_build.lock().unwrap() = Some(here());
            Rc::new(7)
        });
        assert_eq!(device.name(), "device");
        let (seven, place) = device.call(|seven| (**seven, here())).await;
        assert_eq!((seven, place.1.as_deref()), (7, Some("device")));
        assert_ne!(place.0, thread::current().id());
        assert_eq!(run_sync(here).on(&device).await, place);
        assert_eq!(device.clone().call(|_| here()).await, place);
        assert_eq!(built_on.lock().unwrap().take(), Some(place));
    });
}

#[test]
fn calls_are_done_in_the_order_of_their_first_polls() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let journal = journal();
        let last = journal.call(|journal| journal.borrow_mut().push(500));
        let calls: Vec<_> = (0..500)
            .map(|turn| sent(journal.call(move |journal| journal.borrow_mut().push(turn))))
            .collect();
        block_on(sent(last));
        let entries = runtime.block_on(journal.call(|journal| journal.take()));
        assert!(entries.into_iter().eq(0..=500));
        block_on(join_all(calls));
    });
}

#[test]
fn calls_of_many_threads_never_meet() {
    let counter = Dedicated::new("counter", || Cell::new(0_u32));
    thread::scope(|scope| {
        for mut builder in flavours().into_iter().chain(flavours()) {
            let counter = counter.clone();
            scope.spawn(move || {
                let runtime = builder.build().unwrap();
                let count = || {
                    counter.call(|counter| {
                        let seen = counter.get();
                        thread::yield_now();
                        counter.set(seen + 1);
                    })
                };
                runtime.block_on(join_all((0..200).map(|_| count())));
            });
        }
    });
    let runtime = Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(counter.call(|counter| counter.get())), 800);
}

#[test]
fn the_last_handle_ends_the_thread_after_its_queue_and_drops_there_what_it_built() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let (log, notes) = mpsc::channel();
        let note = log.clone();
        let device = Dedicated::new("device", move || {
            on_drop(move || note.send(("its drop", thread::current().id())).unwrap())
        });
        let (hold, begins, release) = held();
        let hold = sent(hold.on(&device));
        begins.recv().unwrap();
        let calls: Vec<_> = (0..3)
            .map(|_| {
                let log = log.clone();
                let work = move || log.send(("a call", thread::current().id())).unwrap();
                sent(device.call(move |_| work()))
            })
            .collect();
        let worker = sent(run_sync(|| thread::current().id()).on(&device));
        drop((device, log));
        assert!(notes.try_recv().is_err(), "the thread is busy");
        drop(release);
        block_on(hold);
        block_on(join_all(calls));
        let worker = block_on(worker);
        let notes: Vec<_> = notes.iter().collect();
        let expected = ["a call", "a call", "a call", "its drop"].map(|what| (what, worker));
        assert_eq!(notes, expected);
    });
}

#[test]
fn a_call_that_waits_to_be_polled_keeps_the_thread() {
    on_each(|runtime| {
        let (value, alive) = captured();
        let device = Dedicated::new("device", move || value);
        let call = device.call(|_| 42);
        let clone = device.clone();
        drop((device, clone));
        assert_eq!(runtime.block_on(call), 42);
        until(|| is_gone(&alive));
    });
}

#[test]
fn an_unpolled_call_that_is_dropped_lets_the_thread_go() {
    let (value, alive) = captured();
    let device = Dedicated::new("device", move || value);
    let call = device.call(|_| ());
    drop(device);
    drop(call);
    until(|| is_gone(&alive));
}

#[test]
fn a_call_dropped_while_queued_never_runs_and_frees_its_captures_at_once() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let device = Dedicated::new("device", || ());
        let (hold, begins, release) = held();
        let hold = sent(hold.on(&device));
        begins.recv().unwrap();
        let (call, has_run, alive) = observed_call();
        let call = sent(call.on(&device));
        drop(call);
        assert!(is_gone(&alive));
        drop(release);
        block_on(hold);
        assert_eq!(runtime.block_on(device.call(|()| 42)), 42);
        assert!(!has(&has_run));
    });
}

#[test]
fn a_panic_ends_its_call_and_nothing_else() {
    on_both(async || {
        let journal = journal();
        let call = journal.call(|journal| -> u8 {
            journal.borrow_mut().push(7);
            panic!("out of ink")
        });
        let error = call.into_result().await.unwrap_err();
        assert_eq!(error.to_string(), "the blocking call panicked: out of ink");
        let call = run_sync(|| -> u8 { panic!("out of paper") }).on(&journal).into_result();
        assert!(matches!(call.await, Err(RunSyncError::Panicked(_))));
        assert_eq!(journal.call(|journal| journal.take()).await, [7]);
        assert_eq!(numbers(journal.stats()), [0, 0, 0, 1, 2, 0]);
    });
}

#[test]
fn a_result_that_panics_when_it_is_dropped_harms_nobody_else() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let device = Dedicated::new("device", || 42);
        let (begin, begins) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let fragile = device.call(move |_| {
            begin.send(()).unwrap();
            let _ = released.recv();
            on_drop(|| panic!("not even to be dropped"))
        });
        let fragile = sent(fragile);
        begins.recv().unwrap();
        drop(fragile);
        drop(release);
        assert_eq!(runtime.block_on(device.call(|answer| *answer).into_result()).unwrap(), 42);
    });
}

#[test]
fn a_build_that_panics_is_told_to_the_first_who_needs_it_and_named_to_the_others() {
    on_both(async || {
        let broken = Dedicated::<u8>::new("broken", || panic!("no such device"));
        assert_eq!(run_sync(|| 42).on(&broken).await, 42, "this needs no device");
        let error = broken.call(|device| *device).into_result().await.unwrap_err();
        assert_eq!(error.to_string(), "the blocking call panicked: no such device");
        for _ in 0..2 {
            let error = broken.call(|device| *device).into_result().await.unwrap_err();
            let text = error.to_string();
            assert!(text.contains("`broken`") && text.contains("building it panicked"), "{text}");
        }
        assert_eq!(run_sync(|| 42).on(&broken).await, 42);
    });
}

#[test]
fn other_work_from_its_own_thread_runs_there_at_once() {
    in_time(|| {
        on_both(async || {
            let journal = journal();
            let inner = journal.clone();
            let seen = journal.call(move |journal| {
                journal.borrow_mut().push(1);
                let twice = inner.clone();
                let work = move || (here(), run_async(run_sync(here).on(&twice)));
                let seen = run_async(run_sync(work).on(&inner));
                (here(), seen)
            });
            let (place, (nested, nested_twice)) = seen.await;
            assert_eq!((&nested, &nested_twice), (&place, &place));
            assert_eq!(journal.call(|journal| journal.take()).await, [1]);
        });
    });
}

#[test]
fn a_call_from_other_work_on_its_own_thread_runs_there_at_once() {
    in_time(|| {
        on_both(async || {
            let journal = journal();
            let inner = journal.clone();
            let work = move || run_async(inner.call(|journal| journal.borrow_mut().push(1)));
            run_sync(work).on(&journal).await;
            assert_eq!(journal.call(|journal| journal.take()).await, [1]);
        });
    });
}

#[test]
fn a_call_from_the_work_of_another_one_panics_and_says_why() {
    in_time(|| {
        on_both(async || {
            let journal = journal();
            let inner = journal.clone();
            let call = journal.call(move |journal| {
                let error = run_async(inner.call(|_| ()).into_result()).unwrap_err();
                journal.borrow_mut().push(1);
                error.to_string()
            });
            let text = call.await;
            assert!(text.contains("a call on `journal` waits for another one"), "{text}");
            assert_eq!(journal.call(|journal| journal.take()).await, [1]);
        });
    });
}

/// Its thread waits for the work between, and that for its thread.
#[test]
fn work_that_comes_back_to_its_thread_by_way_of_the_pool_runs_there() {
    in_time(|| {
        on_both(async || {
            let device = Dedicated::new("device", || ());
            let inner = device.clone();
            let between = move || run_async(run_sync(here).on(&inner));
            let call = run_sync(move || (here(), run_async(run_sync(between))));
            let (place, nested) = call.on(&device).await;
            assert_eq!(nested, place);
        });
    });
}

#[test]
fn its_work_can_await_async_code() {
    on_both(async || {
        let device = Dedicated::new("device", || Rc::new(7));
        let waited = device.call(|seven| {
            run_async(sleep(0.001));
            **seven + run_async(run_sync(|| 1))
        });
        assert_eq!(waited.await, 8);
    });
}

#[test]
fn its_work_is_in_the_runtime_of_its_caller() {
    let device = Dedicated::new("device", || ());
    on_each(|runtime| {
        let seen = runtime.block_on(device.call(|()| {
            let spawned = tokio::spawn(async { Handle::current().id() });
            (Handle::current().id(), run_async(spawned).unwrap())
        }));
        let id = runtime.handle().id();
        assert_eq!(seen, (id, id));
    });
}

#[test]
fn calls_are_delivered_after_their_runtime_was_shut_down() {
    for shutdown in SHUTDOWNS {
        for mut builder in flavours() {
            let runtime = builder.build().unwrap();
            let device = Dedicated::new("device", || 7);
            let context = runtime.enter();
            let (hold, begins, release) = held();
            let hold = sent(hold.on(&device));
            begins.recv().unwrap();
            let before = sent(device.call(|seven| *seven));
            drop(context);
            let handle = runtime.handle().clone();
            shutdown(runtime);
            let _context = handle.enter();
            let after = sent(device.call(|seven| *seven + 1));
            drop(release);
            in_time(move || {
                block_on(hold);
                assert_eq!((block_on(before), block_on(after)), (7, 8));
            });
            assert_eq!(numbers(device.stats()), [0, 0, 0, 3, 0, 0]);
        }
    }
}

#[test]
fn a_call_run_inline_elsewhere_panics_and_runs_inline_on_its_thread() {
    let device = Dedicated::new("device", || 7);
    let message = panic_of(|| device.call(|seven| *seven).run_inline()).message;
    assert_eq!(message, "a call on `device` can only run on the thread of that name");

    let runtime = Builder::new_current_thread().build().unwrap();
    let inner = device.clone();
    let inline = move || inner.call(|seven| *seven).run_inline();
    assert_eq!(runtime.block_on(run_sync(inline).on(&device)), 7);
}

#[test]
fn a_call_sent_to_another_dispatcher_panics() {
    on_both(async || {
        let [device, other] = ["device", "other"].map(|name| Dedicated::new(name, || 7));
        let error = device.call(|seven| *seven).on(&other).into_result().await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("a call on `device` can only run on the thread"), "{text}");
        assert_eq!(other.call(|seven| *seven).await, 7);
    });
}

static SINGLE: LazyLock<Dedicated<()>> = LazyLock::new(|| Dedicated::new("single", || ()));

#[test]
fn a_dedicated_thread_is_a_dispatcher() {
    on_both(async || {
        assert_eq!(run_sync(here).on(&SINGLE).await.1.as_deref(), Some("single"));
        let call = run_sync(here).on(&*SINGLE).shielded();
        assert_eq!(call.await.1.as_deref(), Some("single"));
        assert_eq!(SINGLE.call(|()| here()).await.1.as_deref(), Some("single"));
    });
}

#[test]
fn a_dedicated_thread_tells_its_name() {
    let text = format!("{:?}", Dedicated::new("device", || Rc::new(1)));
    assert_eq!(text, r#"Dedicated { name: "device", .. }"#);
}

#[test]
fn the_calls_of_a_dedicated_thread_are_counted() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let device = Dedicated::new("device", || ());
        let (hold, begins, release) = held();
        let hold = sent(hold.on(&device));
        begins.recv().unwrap();
        let queued = sent(device.call(|()| ()));
        let dropped = sent(device.call(|()| ()));
        assert_eq!(numbers(device.stats()), [2, 1, 0, 0, 0, 0]);
        drop((hold, dropped));
        assert_eq!(numbers(device.stats()), [1, 1, 1, 0, 0, 1]);
        drop(release);
        block_on(queued);
        until(|| numbers(device.stats()) == [0, 0, 0, 2, 0, 1]);
    });
}
