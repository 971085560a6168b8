//! The gate: who is let in while others come, leave and change their minds.

use std::sync::Arc;

use futures::future::join;
use shuttle::future::block_on;
use shuttle::sync::Mutex;
use shuttle::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use shuttle::thread;

use super::{Tally, explore, poll, settle};
use crate::{Limiter, run_sync};

/// Counts who is at work, and sees to it that there are never more than so many.
struct Room {
    most: usize,
    inside: AtomicUsize,
}

impl Room {
    fn of(most: usize) -> Arc<Self> {
        Arc::new(Self { most, inside: AtomicUsize::new(0) })
    }

    /// Work that is in the room.
    fn work(self: &Arc<Self>) -> impl FnOnce() + Send + use<> {
        self.around(|| ())
    }

    fn around<R, F>(self: &Arc<Self>, inner: F) -> impl FnOnce() -> R + Send + use<R, F>
    where
        F: FnOnce() -> R + Send,
    {
        let room = Arc::clone(self);
        move || {
            let others = room.inside.fetch_add(1, SeqCst);
            assert!(others < room.most, "there is no room for one more than {others}");
            let result = inner();
            room.inside.fetch_sub(1, SeqCst);
            result
        }
    }
}

/// Every permit is back, and every call is accounted for.
fn is_at_rest(limiter: &Limiter, calls: u64) {
    settle();
    assert_eq!((limiter.in_use(), limiter.waiting()), (0, 0));
    assert_eq!(limiter.available(), limiter.limit());
    let stats = limiter.stats();
    assert_eq!((stats.queued, stats.running, stats.abandoned), (0, 0, 0), "{stats:?}");
    assert_eq!((stats.panicked, stats.finished + stats.dropped), (0, calls), "{stats:?}");
}

#[test]
fn never_more_than_the_limit() {
    for limit in [1, 2] {
        explore(move || {
            let (limiter, room) = (Limiter::new("model", limit), Room::of(limit));
            let callers = [(); 3].map(|()| {
                let call = run_sync(room.work()).on(&limiter);
                thread::spawn(move || block_on(call))
            });
            callers.into_iter().for_each(|caller| caller.join().unwrap());
            is_at_rest(&limiter, 3);
        });
    }
}

/// The second is dropped while the first leaves, so while it waits, is let in, runs or ends.
#[test]
fn who_gives_up_takes_no_permit_along() {
    explore(|| {
        let (limiter, room, tally) = (Limiter::new("model", 1), Room::of(1), Tally::new());
        let mut first = run_sync(room.work()).on(&limiter);
        let mut second = run_sync(tally.around(room.work())).on(&limiter);
        let mut third = run_sync(room.work()).on(&limiter);
        assert!(poll(&mut first).is_pending());
        assert!(poll(&mut second).is_pending());
        assert!(poll(&mut third).is_pending());
        let other = thread::spawn(move || drop(second));
        block_on(join(first, third));
        other.join().unwrap();
        is_at_rest(&limiter, 3);
        tally.adds_up();
    });
}

/// All are dropped, by two threads, in both orders.
#[test]
fn all_may_give_up() {
    explore(|| {
        let (limiter, tally) = (Limiter::new("model", 1), Tally::new());
        let mut calls = [(); 4].map(|()| Some(run_sync(tally.work()).on(&limiter)));
        for call in calls.iter_mut().flatten() {
            assert!(poll(call).is_pending());
        }
        let [first, second, third, fourth] = calls;
        let other = thread::spawn(move || drop((third, first)));
        drop((second, fourth));
        other.join().unwrap();
        is_at_rest(&limiter, 4);
        tally.adds_up();
        // Nothing is in the way of the next one.
        block_on(run_sync(|| ()).on(&limiter));
    });
}

#[test]
fn a_shielded_call_keeps_its_place_without_its_caller() {
    explore(|| {
        let (limiter, room, tally) = (Limiter::new("model", 1), Room::of(1), Tally::new());
        let mut first = run_sync(room.work()).on(&limiter);
        let mut second = run_sync(tally.around(room.work())).on(&limiter).shielded();
        assert!(poll(&mut first).is_pending());
        assert!(poll(&mut second).is_pending());
        drop((first, second));
        is_at_rest(&limiter, 2);
        assert_eq!(tally.begun(), 1);
        tally.adds_up();
    });
}

#[test]
fn a_higher_limit_lets_in_who_waits() {
    explore(|| {
        let (limiter, room) = (Limiter::new("model", 1), Room::of(2));
        let mut calls = [(); 3].map(|()| run_sync(room.work()).on(&limiter));
        for call in &mut calls {
            assert!(poll(call).is_pending());
        }
        let raised = limiter.clone();
        let other = thread::spawn(move || raised.set_limit(2));
        for call in calls {
            block_on(call);
        }
        other.join().unwrap();
        is_at_rest(&limiter, 3);
        assert_eq!(limiter.available(), 2);
    });
}

/// Whatever comes between, the last word counts: nobody waits who could be in.
#[test]
fn a_limit_that_goes_up_and_down_strands_nobody() {
    explore(|| {
        let (limiter, room) = (Limiter::new("model", 2), Room::of(3));
        let setter = limiter.clone();
        let other = thread::spawn(move || [1, 3, 1].map(|limit| setter.set_limit(limit)));
        let callers = [(); 3].map(|()| {
            let call = run_sync(room.work()).on(&limiter);
            thread::spawn(move || block_on(call))
        });
        callers.into_iter().for_each(|caller| caller.join().unwrap());
        other.join().unwrap();
        is_at_rest(&limiter, 3);
        assert_eq!(limiter.available(), 1);
    });
}

/// Polled, or dropped as it is: the permit comes back, and who came meanwhile is let in.
#[test]
fn a_reserved_permit_comes_back() {
    for polls in [false, true] {
        explore(move || {
            let (limiter, room) = (Limiter::new("model", 1), Room::of(1));
            let (reserving, reserved) = (limiter.clone(), room.work());
            let other = thread::spawn(move || match reserving.try_run(reserved) {
                Ok(call) if polls => {
                    block_on(call);
                    1
                }
                _ => 0,
            });
            let calls = [(); 2].map(|()| run_sync(room.work()).on(&limiter));
            calls.into_iter().for_each(block_on);
            let polled = other.join().unwrap();
            is_at_rest(&limiter, 2 + polled);
        });
    }
}

#[test]
fn of_two_who_try_at_least_one_gets_in() {
    explore(|| {
        let (limiter, room) = (Limiter::new("model", 1), Room::of(1));
        let tries = [(); 2].map(|()| {
            let (limiter, work) = (limiter.clone(), room.work());
            thread::spawn(move || limiter.try_run(work).map(block_on).is_ok())
        });
        let ran = tries.map(|tried| u64::from(tried.join().unwrap()));
        assert!(ran != [0, 0]);
        is_at_rest(&limiter, ran.iter().sum());
    });
}

/// They are polled by one thread in this order. Who goes away is passed by.
#[test]
fn first_come_first_served() {
    explore(|| {
        let (limiter, order) = (Limiter::new("model", 1), Arc::new(Mutex::new(Vec::new())));
        let mut calls: Vec<_> = (0..4)
            .map(|number| {
                let order = Arc::clone(&order);
                run_sync(move || order.lock().unwrap().push(number)).on(&limiter)
            })
            .collect();
        for call in &mut calls {
            assert!(poll(call).is_pending());
        }
        let gone = calls.remove(2);
        let other = thread::spawn(move || drop(gone));
        calls.into_iter().for_each(block_on);
        other.join().unwrap();
        is_at_rest(&limiter, 4);
        let order = order.lock().unwrap();
        assert!(*order == [0, 1, 3] || *order == [0, 1, 2, 3], "{order:?}");
    });
}

#[test]
fn a_nested_call_needs_no_second_permit() {
    explore(|| {
        let (limiter, room) = (Limiter::new("model", 1), Room::of(1));
        let (inner, nested) = (limiter.clone(), Room::of(1));
        let outer = run_sync(room.around(move || {
            let calls = [(); 2].map(|()| run_sync(nested.work()).on(&inner));
            let [one, other] = calls;
            block_on(join(one, other));
        }));
        let beside = run_sync(room.work()).on(&limiter);
        let other = thread::spawn(move || block_on(beside));
        block_on(outer.on(&limiter));
        other.join().unwrap();
        is_at_rest(&limiter, 4);
    });
}

/// The work of the outer call goes away with its nested ones queued, let in and at work.
#[test]
fn a_nested_call_outlives_its_lender_with_the_permit() {
    explore(|| {
        let (limiter, tally) = (Limiter::new("model", 1), Tally::new());
        let (inside, outside) = (Room::of(1), Room::of(1));
        let beside = run_sync({
            let (inside, work) = (Arc::clone(&inside), outside.work());
            move || {
                assert_eq!(inside.inside.load(SeqCst), 0, "the permit is lent");
                work();
            }
        });
        let inner = limiter.clone();
        let works = [(); 2].map(|()| tally.around(inside.work()));
        let outer = run_sync(move || {
            let mut calls = works.map(|work| run_sync(work).on(&inner));
            for call in &mut calls {
                assert!(poll(call).is_pending());
            }
            calls
        });
        let mut outer = outer.on(&limiter);
        assert!(poll(&mut outer).is_pending());
        let beside = beside.on(&limiter);
        let other = thread::spawn(move || block_on(beside));
        // One of them is dropped, by the time the lender is no more.
        let [one, two] = block_on(outer);
        drop(one);
        drop(block_on(two));
        other.join().unwrap();
        is_at_rest(&limiter, 4);
        tally.adds_up();
    });
}

/// A call in between, which is under no limiter, outlives the lender and asks for a permit then:
/// the lender's, while that is there, or one of its own.
#[test]
fn who_comes_when_the_lender_ends_has_a_permit() {
    explore(|| {
        let (limiter, room) = (Limiter::new("model", 1), Room::of(1));
        let (inner, work) = (limiter.clone(), room.work());
        let between = move || block_on(run_sync(work).on(&inner));
        let outer = run_sync(move || {
            let mut call = run_sync(between);
            assert!(poll(&mut call).is_pending());
            call
        });
        let beside = run_sync(room.work()).on(&limiter);
        let mut outer = outer.on(&limiter);
        assert!(poll(&mut outer).is_pending());
        let other = thread::spawn(move || block_on(beside));
        block_on(block_on(outer));
        other.join().unwrap();
        is_at_rest(&limiter, 3);
    });
}

/// The permit that is lent is asked for without waiting, and the call may outlive its lender.
#[test]
fn a_reserved_nested_call_outlives_its_lender_with_the_permit() {
    for polls in [false, true] {
        explore(move || {
            let (limiter, room) = (Limiter::new("model", 1), Room::of(1));
            let (inner, work) = (limiter.clone(), room.work());
            let outer = run_sync(move || inner.try_run(work).unwrap()).on(&limiter);
            let beside = run_sync(room.work()).on(&limiter);
            let other = thread::spawn(move || block_on(beside));
            let reserved = block_on(outer);
            if polls {
                block_on(reserved);
            } else {
                drop(reserved);
            }
            other.join().unwrap();
            is_at_rest(&limiter, 2 + u64::from(polls));
        });
    }
}
