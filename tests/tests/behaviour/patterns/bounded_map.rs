//! `bounded_map` and `try_bounded_map`.

use std::panic::panic_any;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::task::{Poll, Waker};

use futures::FutureExt;
use futures::executor::block_on;
use futures::future::BoxFuture;
use lionpride_concurrency::{
    Callable, TimedOut, bounded_map, callable, fail_after, pipeline, try_bounded_map,
};
use tokio::time::Instant;

use super::{begun, gates, gone, spawnable, tenths};
use crate::support::{
    captured, drain, hold_a_thread, is_gone, on_both, panic_of, paused, payload_of, poll,
    with_one_blocking_thread,
};

/// Awaits its item.
fn opened<T: Send + 'static>() -> impl Callable<BoxFuture<'static, T>, Output = T> {
    callable!(|gate: BoxFuture<'static, T>| gate)
}

fn square(n: u32) -> u32 {
    n * n
}

async fn double(n: u32) -> u32 {
    n * 2
}

#[test]
fn functions_of_either_colour_are_called_with_each_item() {
    on_both(async || {
        for limit in [1, 2, 50, usize::MAX] {
            let squares: Vec<_> = (0..50).map(square).collect();
            assert_eq!(bounded_map(0..50, limit, callable!(square)).await, squares);
            assert_eq!(bounded_map(0..50, limit, callable!(inline(square))).await, squares);
            assert_eq!(bounded_map(0..50, limit, callable!(square).boxed()).await, squares);
            assert_eq!(bounded_map([1, 2], limit, callable!(double)).await, [2, 4]);
            assert_eq!(bounded_map([1, 2], limit, pipeline!(double, square)).await, [4, 16]);
            let sums = bounded_map([(1, 2), (3, 4)], limit, callable!(|a: u32, b: u32| a + b));
            assert_eq!(sums.await, [3, 7]);
            let parsed = try_bounded_map(["1", "2"], limit, callable!(str::parse::<u8>));
            assert_eq!(parsed.await, Ok(vec![1, 2]));
            let odd = callable!(|n: u32| async move { if n & 1 == 1 { Ok(n) } else { Err(n) } });
            assert_eq!(try_bounded_map([1, 3, 4, 5], limit, odd).await, Err(4));
        }
    });
}

#[test]
fn results_come_in_the_order_of_the_items() {
    for (count, limit) in [(3, 3), (10, 4), (100, 200)] {
        let (mut gates, items) = gates(count);
        let mut results = Box::pin(bounded_map(items, limit, opened()));
        for _ in 0..count {
            assert!(poll(&mut results, Waker::noop()).is_pending());
            let last = begun(&gates).into_iter().rev().find(|at| !gates[*at].is_gone()).unwrap();
            gates[last].open(last);
        }
        assert_eq!(poll(&mut results, Waker::noop()), Poll::Ready((0..count).collect()));
    }
}

#[test]
fn no_items_give_no_results_at_once() {
    let none: [u32; 0] = [];
    assert_eq!(bounded_map(none, 1, callable!(square)).now_or_never(), Some(vec![]));
    let none: [&str; 0] = [];
    let parsed = try_bounded_map(none, 1, callable!(str::parse::<u8>));
    assert_eq!(parsed.now_or_never(), Some(Ok(vec![])));
}

/// The first call hangs: those behind it go on all the same.
#[test]
fn the_limit_is_reached_and_never_exceeded() {
    const LIMIT: usize = 3;
    let (mut gates, items) = gates(10);
    let mut results = Box::pin(bounded_map(items, LIMIT, opened()));
    assert_eq!(begun(&gates), []);
    for ended in 0..=10 - LIMIT {
        assert!(poll(&mut results, Waker::noop()).is_pending());
        assert_eq!(begun(&gates).len(), ended + LIMIT);
        assert_eq!(gone(&gates), (1..=ended).collect::<Vec<_>>());
        gates[ended + 1].open(());
    }
}

#[test]
fn no_more_blocking_calls_run_than_the_limit_says() {
    on_both(async || {
        const LIMIT: usize = 2;
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (now, highest) = (Arc::clone(&running), Arc::clone(&most));
        let pair = Arc::new(Barrier::new(LIMIT));
        let meet = callable!(move |_: usize| {
            highest.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
            pair.wait();
            now.fetch_sub(1, SeqCst);
        });
        assert_eq!(bounded_map(0..20, LIMIT, meet).await.len(), 20);
        assert_eq!(most.load(SeqCst), LIMIT);
        assert_eq!(running.load(SeqCst), 0);
    });
}

#[test]
fn a_limit_of_0_panics_where_it_is_written() {
    let panics = [
        (panic_of(|| drop(bounded_map([1], 0, callable!(square)))), line!()),
        (panic_of(|| drop(try_bounded_map(["1"], 0, callable!(str::parse::<u8>)))), line!()),
    ];
    for (panic, line) in panics {
        assert_eq!((panic.file.as_str(), panic.line), (file!(), line));
        assert!(panic.message.contains("limit"), "{}", panic.message);
    }
}

#[test]
fn the_first_error_in_time_comes_out_drops_the_others_and_begins_no_more() {
    for failing in 0..3 {
        let (mut gates, items) = gates(6);
        let mut results = Box::pin(try_bounded_map(items, 3, opened()));
        assert!(poll(&mut results, Waker::noop()).is_pending());
        let succeeding = (failing + 1) % 3;
        let (value, alive) = captured();
        gates[succeeding].open(Ok(value));
        assert!(poll(&mut results, Waker::noop()).is_pending());
        assert_eq!(begun(&gates), [0, 1, 2, 3]);
        assert!(!is_gone(&alive));

        gates[failing].open(Err(failing));
        assert_eq!(poll(&mut results, Waker::noop()), Poll::Ready(Err(failing)));
        // The future itself is still there.
        assert_eq!(begun(&gates), [0, 1, 2, 3]);
        assert_eq!(gone(&gates), [0, 1, 2, 3, 4, 5]);
        assert!(is_gone(&alive));
        drop(results);
    }
}

#[test]
fn dropping_it_drops_the_calls_and_the_items() {
    for ended in [None, Some(0), Some(1)] {
        let (mut gates, items) = gates(5);
        let mut results = Box::pin(bounded_map(items, 2, opened()));
        if let Some(at) = ended {
            assert!(poll(&mut results, Waker::noop()).is_pending());
            gates[at].open(());
            assert!(poll(&mut results, Waker::noop()).is_pending());
            assert_eq!(begun(&gates), [0, 1, 2]);
        }
        assert_eq!(gone(&gates).len(), usize::from(ended.is_some()));
        drop(results);
        assert_eq!(gone(&gates), [0, 1, 2, 3, 4]);
    }
}

#[test]
fn blocking_calls_that_are_queued_when_it_is_dropped_never_run() {
    with_one_blocking_thread(|runtime| {
        let held = hold_a_thread(runtime.handle());
        let (called, calls) = mpsc::channel();
        let (item, alive) = captured();
        let call = callable!(move |_: Arc<()>| called.send(()).unwrap());
        let mut results = Box::pin(bounded_map(vec![item; 5], 2, call));
        runtime.block_on(async {
            assert!(poll(&mut results, Waker::noop()).is_pending());
        });
        assert!(!is_gone(&alive));
        drop(results);
        assert!(is_gone(&alive));
        drop(held);
        drain(runtime.handle());
        assert!(calls.try_recv().is_err());
    });
}

#[test]
fn a_panic_of_an_async_call_goes_on_and_drops_the_others() {
    let (gates, mut items) = gates::<()>(4);
    items.insert(1, async { panic_any(7_u8) }.boxed());
    let payload = payload_of(|| block_on(bounded_map(items, 3, opened())));
    assert_eq!(payload.downcast_ref(), Some(&7_u8));
    assert_eq!(begun(&gates), [0]);
    assert_eq!(gone(&gates), [0, 1, 2, 3]);
}

#[test]
fn a_panic_of_a_blocking_call_goes_on_and_begins_no_other() {
    with_one_blocking_thread(|runtime| {
        let called = Arc::new(Mutex::new(Vec::new()));
        let calls = Arc::clone(&called);
        let call = callable!(move |n: u8| {
            calls.lock().unwrap().push(n);
            if n == 1 {
                panic_any(n);
            }
        });
        let payload = payload_of(|| runtime.block_on(bounded_map(0..5, 1, call)));
        assert_eq!(payload.downcast_ref(), Some(&1_u8));
        drain(runtime.handle());
        assert_eq!(*called.lock().unwrap(), [0, 1]);
    });
}

#[test]
fn a_deadline_drops_the_calls_and_the_items() {
    paused().block_on(async {
        let (start, (gates, items)) = (Instant::now(), gates::<()>(3));
        assert_eq!(fail_after(0.5, bounded_map(items, 2, opened())).await, Err(TimedOut));
        assert_eq!(tenths(start), 5);
        assert_eq!(begun(&gates), [0, 1]);
        assert_eq!(gone(&gates), [0, 1, 2]);
    });
}

/// What the iterator borrows is not in the future: the compiler has nothing to say of it.
#[test]
fn the_items_of_an_iterator_that_borrows_can_be_spawned() {
    on_both(async || {
        let names = ["a", "bc"].map(str::to_owned);
        let len = callable!(|name: String| name.len());
        let direct =
            spawnable(bounded_map(names.iter().map(|name| name.clone() + "!"), 2, len.clone()));
        assert_eq!(tokio::spawn(direct).await.unwrap(), [2, 3]);
        let inside = spawnable(async move {
            let mut sizes = bounded_map(names.iter().map(|name| name.clone() + "!"), 2, len).await;
            let checked = callable!(|name: String| if name.is_empty() { Err(()) } else { Ok(1) });
            sizes.extend(try_bounded_map(names.iter().cloned(), 2, checked).await.unwrap());
            sizes
        });
        assert_eq!(tokio::spawn(inside).await.unwrap(), [2, 3, 1, 1]);
    });
}

/// Code that is generic over the callable needs no more than the functions ask for.
#[test]
fn it_can_be_called_from_generic_code() {
    fn all<C: Callable<u32, Output = u32>>(
        c: C,
    ) -> Pin<Box<impl Future<Output = Vec<u32>> + Send>> {
        Box::pin(bounded_map([1, 2, 3], 2, c))
    }
    on_both(async || {
        assert_eq!(all(callable!(square)).await, [1, 4, 9]);
        assert_eq!(all(callable!(double)).await, [2, 4, 6]);
    });
}
