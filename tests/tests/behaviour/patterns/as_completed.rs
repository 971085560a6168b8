//! `as_completed`.

use std::future::{Ready, ready};
use std::panic::panic_any;
use std::task::{Context, Poll, Waker};

use futures::{FutureExt, Stream, StreamExt};
use lionpride_concurrency::{TimedOut, as_completed, fail_after, move_on_after, run_sync};
use tokio::time::Instant;

use super::{begun, gates, gone, tenths};
use crate::support::{on_both, paused, payload_of};

fn poll_next<S: Stream + Unpin>(stream: &mut S) -> Poll<Option<S::Item>> {
    stream.poll_next_unpin(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn outputs_come_with_their_place_in_the_order_of_completion() {
    let (mut gates, futures) = gates(3);
    let mut outputs = as_completed(futures);
    assert_eq!(outputs.size_hint(), (3, Some(3)));
    for (at, output) in [(1, "one"), (2, "two"), (0, "zero")] {
        assert_eq!(poll_next(&mut outputs), Poll::Pending);
        gates[at].open(output);
        assert_eq!(poll_next(&mut outputs), Poll::Ready(Some((at, output))));
        assert!(gates[at].is_gone());
    }
    assert_eq!(outputs.size_hint(), (0, Some(0)));
    for _ in 0..3 {
        assert_eq!(poll_next(&mut outputs), Poll::Ready(None));
    }
}

#[test]
fn those_that_complete_between_two_polls_come_as_they_did() {
    let (mut gates, futures) = gates(4);
    let outputs = as_completed(futures);
    let mut outputs = std::pin::pin!(outputs);
    assert_eq!(poll_next(&mut outputs), Poll::Pending);
    for at in [2, 0, 3, 1] {
        gates[at].open(());
    }
    let places = outputs.map(|(at, ())| at).collect::<Vec<_>>().now_or_never();
    assert_eq!(places, Some(vec![2, 0, 3, 1]));
}

#[test]
fn those_that_are_ready_come_in_their_order() {
    let outputs = as_completed([7, 8, 9].map(ready)).collect::<Vec<_>>();
    assert_eq!(outputs.now_or_never(), Some(vec![(0, 7), (1, 8), (2, 9)]));
}

#[test]
fn a_stream_of_no_futures_is_over() {
    assert_eq!(poll_next(&mut as_completed(Vec::<Ready<u8>>::new())), Poll::Ready(None));
}

#[test]
fn all_start_at_the_first_poll() {
    let (gates, futures) = gates::<()>(3);
    let mut outputs = as_completed(futures);
    assert_eq!(begun(&gates), []);
    assert_eq!(poll_next(&mut outputs), Poll::Pending);
    assert_eq!(begun(&gates), [0, 1, 2]);
}

#[test]
fn dropping_the_stream_drops_those_that_have_not_completed() {
    for polled in [false, true] {
        let (mut gates, futures) = gates(3);
        let mut outputs = as_completed(futures);
        if polled {
            gates[1].open(());
            assert_eq!(poll_next(&mut outputs), Poll::Ready(Some((1, ()))));
        }
        assert_eq!(gone(&gates).len(), usize::from(polled));
        drop(outputs);
        assert_eq!(gone(&gates), [0, 1, 2]);
    }
}

#[test]
fn a_wait_that_is_dropped_loses_nothing() {
    paused().block_on(async {
        let (start, (mut gates, futures)) = (Instant::now(), gates(2));
        let mut outputs = as_completed(futures);
        assert_eq!(move_on_after(0.5, outputs.next()).await, None);
        gates[1].open("one");
        gates[0].open("zero");
        assert_eq!(outputs.next().await, Some((1, "one")));
        assert_eq!(outputs.next().await, Some((0, "zero")));
        assert_eq!(outputs.next().await, None);
        assert_eq!(tenths(start), 5);
    });
}

#[test]
fn a_panic_goes_on_at_the_poll_and_the_others_are_still_there() {
    let (mut gates, mut futures) = gates(2);
    futures.insert(1, async { panic_any(7_u8) }.boxed());
    let mut outputs = as_completed(futures);
    let payload = payload_of(|| poll_next(&mut outputs));
    assert_eq!(payload.downcast_ref(), Some(&7_u8));
    assert_eq!(gone(&gates), []);
    gates[1].open("two");
    assert_eq!(poll_next(&mut outputs), Poll::Ready(Some((2, "two"))));
    gates[0].open("zero");
    assert_eq!(poll_next(&mut outputs), Poll::Ready(Some((0, "zero"))));
    assert_eq!(poll_next(&mut outputs), Poll::Ready(None));
}

#[test]
fn blocking_calls_come_as_they_end() {
    on_both(async || {
        // Each call waits for the one behind it; the last for nothing.
        let (mut waits, mut ends): (Vec<_>, Vec<_>) =
            (0..2).map(|_| std::sync::mpsc::channel::<()>()).map(|(tx, rx)| (Some(rx), tx)).unzip();
        waits.push(None);
        let calls = waits.into_iter().map(|wait| {
            run_sync(move || {
                if let Some(wait) = wait {
                    wait.recv().unwrap();
                }
            })
        });
        let mut outputs = as_completed(calls);
        for at in (0..3).rev() {
            assert_eq!(outputs.next().await, Some((at, ())));
            if let Some(next) = ends.pop() {
                next.send(()).unwrap();
            }
        }
        assert_eq!(outputs.next().await, None);
    });
}

#[test]
fn a_deadline_ends_the_wait() {
    paused().block_on(async {
        let (start, (gates, futures)) = (Instant::now(), gates::<()>(2));
        let all = as_completed(futures).collect::<Vec<_>>();
        assert_eq!(fail_after(0.5, all).await, Err(TimedOut));
        assert_eq!(tenths(start), 5);
        assert_eq!(gone(&gates), [0, 1]);
    });
}

#[test]
fn the_futures_of_an_iterator_that_borrows_can_be_spawned() {
    on_both(async || {
        let names = ["a", "bc"].map(str::to_owned);
        let len = |name: String| async move { name.len() };
        let sum = tokio::spawn(async move {
            let lengths = as_completed(names.iter().map(|name| len(name.clone())));
            lengths.fold(0, async |sum, (at, len)| sum + at * len).await
        });
        assert_eq!(sum.await.unwrap(), 2);
    });
}
