//! `race`.

use std::future::{Ready, ready};
use std::panic::panic_any;
use std::sync::mpsc;
use std::task::{Poll, Waker};

use futures::FutureExt;
use futures::executor::block_on;
use lionpride_concurrency::{TimedOut, fail_after, is_cancelled, race, run_sync};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::{begun, gates, gone, spawnable, tenths};
use crate::support::{
    drain, has, hold_a_thread, is_gone, observed_call, on_both, paused, payload_of, poll,
    with_one_blocking_thread,
};

#[test]
fn the_first_to_complete_wins_and_the_losers_go_there_and_then() {
    for count in [1, 3, 100] {
        for winner in [0, count / 2, count - 1] {
            let (mut gates, futures) = gates(count);
            let mut first = race(futures);
            assert!(poll(&mut first, Waker::noop()).is_pending());
            assert_eq!(begun(&gates).len(), count);
            assert_eq!(gone(&gates), []);
            gates[winner].open(winner);
            assert_eq!(poll(&mut first, Waker::noop()), Poll::Ready(Some(winner)));
            // The future itself is still there.
            assert_eq!(gone(&gates).len(), count);
            drop(first);
        }
    }
}

#[test]
fn of_two_that_complete_the_one_that_came_first_wins() {
    let (mut gates, futures) = gates(3);
    let mut first = race(futures);
    assert!(poll(&mut first, Waker::noop()).is_pending());
    gates[2].open("first");
    gates[0].open("second");
    assert_eq!(poll(&mut first, Waker::noop()), Poll::Ready(Some("first")));
}

#[test]
fn one_that_is_ready_wins_over_those_behind_it_which_never_start() {
    let (gates, mut futures) = gates(2);
    futures.insert(1, ready("at once").boxed());
    assert_eq!(race(futures).now_or_never(), Some(Some("at once")));
    assert_eq!(begun(&gates), [0]);
    assert_eq!(gone(&gates), [0, 1]);
    assert_eq!(race([ready(1), ready(2)]).now_or_never(), Some(Some(1)));
}

#[test]
fn there_is_no_winner_without_futures() {
    assert_eq!(race(Vec::<Ready<u8>>::new()).now_or_never(), Some(None));
}

#[test]
fn the_first_may_be_an_error() {
    let (mut gates, futures) = gates::<Result<(), _>>(2);
    let mut first = race(futures);
    assert!(poll(&mut first, Waker::noop()).is_pending());
    gates[1].open(Err("refused"));
    assert_eq!(poll(&mut first, Waker::noop()), Poll::Ready(Some(Err("refused"))));
}

#[test]
fn dropping_it_drops_all() {
    for polled in [false, true] {
        let (gates, futures) = gates::<()>(3);
        let mut first = race(futures);
        if polled {
            assert!(poll(&mut first, Waker::noop()).is_pending());
        }
        assert_eq!(gone(&gates), []);
        drop(first);
        assert_eq!(gone(&gates), [0, 1, 2]);
    }
}

#[test]
fn a_panic_goes_on_and_drops_the_others() {
    let (gates, mut futures) = gates::<()>(2);
    futures.insert(1, async { panic_any(7_u8) }.boxed());
    let payload = payload_of(|| block_on(race(futures)));
    assert_eq!(payload.downcast_ref(), Some(&7_u8));
    assert_eq!(gone(&gates), [0, 1]);
}

#[test]
fn blocking_work_that_has_lost_in_the_queue_never_runs() {
    with_one_blocking_thread(|runtime| {
        let held = hold_a_thread(runtime.handle());
        let (call, has_run, alive) = observed_call();
        let (release, released) = oneshot::channel::<()>();
        let winner = async { released.await.unwrap() };
        runtime.block_on(async {
            let mut first = race([call.boxed(), winner.boxed()]);
            assert!(poll(&mut first, Waker::noop()).is_pending());
            assert!(!is_gone(&alive));
            release.send(()).unwrap();
            assert_eq!(first.await, Some(()));
            assert!(is_gone(&alive));
        });
        drop(held);
        drain(runtime.handle());
        assert!(!has(&has_run));
    });
}

#[test]
fn blocking_work_that_has_lost_while_it_ran_is_told() {
    on_both(async || {
        let (started, starts) = oneshot::channel();
        let (told, is_told) = mpsc::channel();
        let loser = run_sync(move || {
            started.send(()).unwrap();
            while !is_cancelled() {
                std::thread::yield_now();
            }
            told.send(()).unwrap();
        });
        let winner = async { starts.await.unwrap() };
        assert_eq!(race([loser.boxed(), winner.boxed()]).await, Some(()));
        is_told.recv().unwrap();
    });
}

#[test]
fn a_deadline_drops_all() {
    paused().block_on(async {
        let (start, (gates, futures)) = (Instant::now(), gates::<()>(2));
        assert_eq!(fail_after(0.5, race(futures)).await, Err(TimedOut));
        assert_eq!(tenths(start), 5);
        assert_eq!(gone(&gates), [0, 1]);
    });
}

#[test]
fn the_futures_of_an_iterator_that_borrows_can_be_spawned() {
    on_both(async || {
        let names = ["a", "bc"].map(str::to_owned);
        let len = |name: String| async move { name.len() };
        let first = spawnable(race(names.iter().map(|name| len(name.clone()))));
        assert_eq!(tokio::spawn(first).await.unwrap(), Some(1));
        let inside =
            spawnable(async move { race(names.iter().map(|name| len(name.clone()))).await });
        assert_eq!(tokio::spawn(inside).await.unwrap(), Some(1));
    });
}
