//! `gather` and `try_gather`.

use std::future::{Ready, pending, ready};
use std::panic::panic_any;
use std::rc::Rc;
use std::sync::{Arc, Barrier};
use std::task::{Poll, Waker};

use futures::FutureExt;
use futures::executor::block_on;
use lionpride_concurrency::{
    TimedOut, current_time, effective_deadline, fail_after, fail_at, gather, run_sync, try_gather,
};
use tokio::time::Instant;

use super::{begun, gate, gates, gone, spawnable, tenths};
use crate::support::{captured, is_gone, on_both, paused, payload_of, poll};

/// More than what `futures::future::try_join_all` polls one by one.
const MANY: usize = 100;

#[test]
fn outputs_come_in_the_order_of_the_futures() {
    for count in [1, 3, MANY] {
        let (mut gates, futures) = gates(count);
        let mut all = gather(futures);
        for at in (0..count).rev() {
            assert!(poll(&mut all, Waker::noop()).is_pending());
            gates[at].open(at);
        }
        assert_eq!(poll(&mut all, Waker::noop()), Poll::Ready((0..count).collect()));
    }
}

#[test]
fn values_come_in_the_order_of_the_futures() {
    for count in [1, 3, MANY] {
        let (mut gates, futures) = gates::<Result<_, ()>>(count);
        let mut all = try_gather(futures);
        for at in (0..count).rev() {
            assert!(poll(&mut all, Waker::noop()).is_pending());
            gates[at].open(Ok(at));
        }
        assert_eq!(poll(&mut all, Waker::noop()), Poll::Ready(Ok((0..count).collect())));
    }
}

#[test]
fn no_futures_give_no_outputs_at_once() {
    assert_eq!(gather(Vec::<Ready<u8>>::new()).now_or_never(), Some(vec![]));
    let none = Vec::<Ready<Result<u8, u8>>>::new();
    assert_eq!(try_gather(none).now_or_never(), Some(Ok(vec![])));
}

#[test]
fn the_futures_start_at_the_first_poll_all_of_them_and_in_order() {
    let mut taken = 0;
    let (started, starts) = std::sync::mpsc::channel();
    let all = gather((0..5).inspect(|_| taken += 1).map(|n| {
        let started = started.clone();
        async move {
            started.send(n).unwrap();
            pending::<()>().await;
        }
    }));
    let mut all = std::pin::pin!(all);
    assert_eq!(taken, 5);
    assert!(starts.try_recv().is_err());
    assert!(poll(&mut all, Waker::noop()).is_pending());
    assert!(starts.try_iter().eq(0..5));
}

#[test]
fn dropping_it_drops_the_futures_and_the_outputs_that_are_there() {
    for opened in [None, Some(0), Some(2)] {
        let (mut gates, futures) = gates(3);
        let mut all = gather(futures);
        let (output, alive) = captured();
        if let Some(at) = opened {
            assert!(poll(&mut all, Waker::noop()).is_pending());
            gates[at].open(output);
            assert!(poll(&mut all, Waker::noop()).is_pending());
            assert_eq!(gone(&gates), [at]);
            assert!(!is_gone(&alive));
        }
        drop(all);
        assert_eq!(gone(&gates), [0, 1, 2]);
        assert!(opened.is_none() || is_gone(&alive));
    }
}

#[test]
fn the_first_error_in_time_comes_out_and_drops_all_there_and_then() {
    for count in [3, MANY] {
        for failing in [0, 1, count - 1] {
            let (mut gates, futures) = gates(count);
            let mut all = try_gather(futures);
            assert!(poll(&mut all, Waker::noop()).is_pending());
            let succeeding = (failing + 1) % count;
            let (output, alive) = captured();
            gates[succeeding].open(Ok(output));
            assert!(poll(&mut all, Waker::noop()).is_pending());
            assert_eq!(gone(&gates), [succeeding]);
            assert!(!is_gone(&alive));

            gates[failing].open(Err(failing));
            assert_eq!(poll(&mut all, Waker::noop()), Poll::Ready(Err(failing)));
            // The future itself is still there.
            assert_eq!(gone(&gates), (0..count).collect::<Vec<_>>());
            assert!(is_gone(&alive));
            drop(all);
        }
    }
}

#[test]
fn of_two_errors_the_one_that_came_first_counts() {
    let (mut gates, futures) = gates::<Result<(), _>>(2);
    let mut all = try_gather(futures);
    assert!(poll(&mut all, Waker::noop()).is_pending());
    gates[1].open(Err("first"));
    gates[0].open(Err("second"));
    assert_eq!(poll(&mut all, Waker::noop()), Poll::Ready(Err("first")));
}

#[test]
fn an_error_at_once_leaves_the_futures_behind_it_unstarted() {
    let (gates, mut futures) = gates::<Result<(), _>>(2);
    futures.insert(1, ready(Err("at once")).boxed());
    assert_eq!(try_gather(futures).now_or_never(), Some(Err("at once")));
    assert_eq!(begun(&gates), [0]);
    assert_eq!(gone(&gates), [0, 1]);
}

#[test]
fn a_panic_goes_on_and_drops_the_others() {
    let (gates, mut futures) = gates::<()>(2);
    futures.insert(1, async { panic_any(7_u8) }.boxed());
    let payload = payload_of(|| block_on(gather(futures)));
    assert_eq!(payload.downcast_ref(), Some(&7_u8));
    assert_eq!(gone(&gates), [0, 1]);
}

#[test]
fn a_panic_goes_on_where_an_error_would() {
    let (gates, mut futures) = gates::<Result<(), ()>>(2);
    futures.insert(1, async { panic_any(7_u8) }.boxed());
    let payload = payload_of(|| block_on(try_gather(futures)));
    assert_eq!(payload.downcast_ref(), Some(&7_u8));
    assert_eq!(gone(&gates), [0, 1]);
}

#[test]
fn blocking_calls_run_at_the_same_time() {
    on_both(async || {
        let all_there = Arc::new(Barrier::new(3));
        let calls = (0..3).map(|n| {
            let all_there = Arc::clone(&all_there);
            run_sync(move || {
                all_there.wait();
                n
            })
        });
        assert_eq!(gather(calls).await, [0, 1, 2]);
    });
}

#[test]
fn a_deadline_is_seen_inside_and_drops_what_is_left() {
    paused().block_on(async {
        let deadline = current_time() + 5.0;
        let all = gather([(); 2].map(|()| async { effective_deadline() }));
        assert_eq!(fail_at(deadline, all).await, Ok(vec![Some(deadline); 2]));

        let (start, (gate, future)) = (Instant::now(), gate::<()>());
        assert_eq!(fail_after(0.5, gather([future])).await, Err(TimedOut));
        assert_eq!(tenths(start), 5);
        assert!(gate.is_gone());
    });
}

#[test]
fn what_belongs_to_one_thread_can_be_gathered() {
    let shared = Rc::new(1);
    let futures = [1, 2].map(|n| {
        let shared = &shared;
        async move { Rc::new(n + **shared) }
    });
    assert_eq!(block_on(gather(futures)), [Rc::new(2), Rc::new(3)]);
}

/// What the iterator borrows is not in the future: the compiler has nothing to say of it.
#[test]
fn the_futures_of_an_iterator_that_borrows_can_be_spawned() {
    on_both(async || {
        let names = ["a", "bc"].map(str::to_owned);
        let len = |name: String| async move { name.len() };
        let direct = spawnable(gather(names.iter().map(|name| len(name.clone()))));
        let tried =
            spawnable(try_gather(names.iter().map(|name| len(name.clone()).map(Ok::<_, ()>))));
        assert_eq!(tokio::spawn(direct).await.unwrap(), [1, 2]);
        assert_eq!(tokio::spawn(tried).await.unwrap(), Ok(vec![1, 2]));
        let inside =
            spawnable(async move { gather(names.iter().map(|name| len(name.clone()))).await });
        assert_eq!(tokio::spawn(inside).await.unwrap(), [1, 2]);
    });
}
