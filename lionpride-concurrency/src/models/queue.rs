//! The queue: calls that come, are taken, wait for each other, are dropped and are lost.

use std::sync::Arc;

use futures::future::{join, join_all};
use shuttle::future::block_on;
use shuttle::rand::{Rng, thread_rng};
use shuttle::sync::{Barrier, Mutex, mpsc};
use shuttle::thread;

use super::{Tally, explore, limit_pool, poll, settle, shut_down};
use crate::{RunSyncError, run_sync};

/// Tries a model on pools of so many threads at most, by chance one or another.
fn with_pools_of(sizes: &'static [usize], model: fn(&Arc<Tally>)) {
    explore(move || {
        let tally = Tally::new();
        limit_pool(sizes[thread_rng().gen_range(0..sizes.len())]);
        model(&tally);
        settle();
        tally.adds_up();
    });
}

const MANY: usize = usize::MAX;

#[test]
fn all_calls_of_all_callers_run_once() {
    with_pools_of(&[1, 2, MANY], |tally| {
        let callers = [(); 3].map(|()| {
            let [one, other] = [(); 2].map(|()| run_sync(tally.work()));
            thread::spawn(move || drop(block_on(join(one, other))))
        });
        callers.into_iter().for_each(|caller| caller.join().unwrap());
        assert_eq!(tally.begun(), 6);
    });
}

/// The next call comes while the drainer pauses, leaves or has left.
#[test]
fn a_call_after_another_runs() {
    with_pools_of(&[1, 2, MANY], |tally| {
        for _ in 0..3 {
            drop(block_on(run_sync(tally.work())));
        }
        assert_eq!(tally.begun(), 3);
    });
}

#[test]
fn on_one_thread_the_calls_of_a_caller_begin_in_order() {
    with_pools_of(&[1], |tally| {
        let order = Arc::new(Mutex::new(Vec::new()));
        let callers = [0, 10].map(|first| {
            let calls = [1, 2, 3].map(|nth| {
                let order = Arc::clone(&order);
                run_sync(tally.around(move || order.lock().unwrap().push(first + nth)))
            });
            thread::spawn(move || drop(block_on(join_all(calls))))
        });
        callers.into_iter().for_each(|caller| caller.join().unwrap());
        let (late, early): (Vec<_>, Vec<_>) =
            order.lock().unwrap().iter().partition(|&&call| call > 10);
        assert_eq!((early, late), (vec![1, 2, 3], vec![11, 12, 13]));
    });
}

#[test]
fn a_call_that_waits_for_the_one_behind_it_gets_it() {
    with_pools_of(&[2, MANY], |tally| {
        let (send, receive) = mpsc::channel();
        let waits = run_sync(tally.around(move || receive.recv().unwrap()));
        let sends = run_sync(tally.around(move || send.send(()).unwrap()));
        let between = [(); 2].map(|()| run_sync(tally.work()));
        drop(block_on(join(waits, join(join_all(between), sends))));
        assert_eq!(tally.begun(), 4);
    });
}

/// It comes at any moment: the drainer may be the only one until then.
#[test]
fn a_call_that_waits_for_one_to_come_gets_it() {
    with_pools_of(&[2, MANY], |tally| {
        let (send, receive) = mpsc::channel();
        let waits = run_sync(tally.around(move || receive.recv().unwrap()));
        let sends = run_sync(tally.around(move || send.send(()).unwrap()));
        let other = thread::spawn(move || drop(block_on(sends)));
        drop(block_on(waits));
        other.join().unwrap();
        assert_eq!(tally.begun(), 2);
    });
}

#[test]
fn calls_that_wait_for_each_other_need_a_thread_each_and_no_more() {
    with_pools_of(&[3, MANY], |tally| {
        let barrier = Arc::new(Barrier::new(3));
        let calls = [(); 3].map(|()| {
            let barrier = Arc::clone(&barrier);
            run_sync(tally.around(move || _ = barrier.wait()))
        });
        drop(block_on(join_all(calls)));
        assert_eq!(tally.begun(), 3);
    });
}

/// The other work of the pool is none of the queue's: no drainer keeps it from its thread for ever.
#[test]
fn a_call_that_waits_for_other_work_of_the_pool_gets_it() {
    with_pools_of(&[2, MANY], |tally| {
        let (send, receive) = mpsc::channel();
        let waits = run_sync(tally.around(move || {
            super::spawn(move || send.send(()).unwrap());
            receive.recv().unwrap();
        }));
        let before = run_sync(tally.work());
        drop(block_on(join(before, waits)));
        assert_eq!(tally.begun(), 2);
    });
}

#[test]
fn a_call_that_waits_for_its_nested_ones_gets_them() {
    with_pools_of(&[2, MANY], |tally| {
        let nested = [(); 2].map(|()| tally.work());
        let outer = tally.around(move || drop(block_on(join_all(nested.map(run_sync)))));
        let beside = run_sync(tally.work());
        drop(block_on(join(run_sync(outer), beside)));
        assert_eq!(tally.begun(), 4);
    });
}

/// They are given up while they wait, are taken, run or have ended.
#[test]
fn calls_that_are_given_up_keep_nobody() {
    with_pools_of(&[1, 2, MANY], |tally| {
        let mut calls = [(); 4].map(|()| run_sync(tally.work()));
        for call in &mut calls {
            assert!(poll(call).is_pending());
        }
        let [first, second, third, fourth] = calls;
        let other = thread::spawn(move || drop((third, first)));
        drop(second);
        drop(block_on(fourth));
        other.join().unwrap();
    });
}

#[test]
fn a_shielded_call_runs_without_its_caller() {
    with_pools_of(&[1, 2], |tally| {
        for _ in 0..3 {
            assert!(poll(&mut run_sync(tally.work()).shielded()).is_pending());
        }
        settle();
        assert_eq!(tally.begun(), 3);
    });
}

/// The runtime goes away before the calls come, while they wait, run or are paused for, or after.
#[test]
fn a_call_is_done_or_lost_when_the_runtime_goes_away() {
    with_pools_of(&[1, 2, MANY], |tally| {
        let end = thread::spawn(shut_down);
        let callers = [(); 2].map(|()| {
            let calls = [(); 2].map(|()| run_sync(tally.work()).into_result());
            thread::spawn(move || block_on(join_all(calls)))
        });
        let answers = callers.map(|caller| caller.join().unwrap());
        end.join().unwrap();
        let lost = answers.iter().flatten().filter(|answer| answer.is_err()).count();
        assert_eq!((lost, 4 - lost), (tally.given_up(), tally.begun()));
    });
}

#[test]
fn what_comes_when_the_runtime_is_gone_and_nobody_is_at_work_is_lost() {
    with_pools_of(&[1, MANY], |tally| {
        drop(block_on(run_sync(tally.work())));
        shut_down();
        settle();
        for _ in 0..2 {
            let answer = block_on(run_sync(tally.work()).into_result());
            assert!(matches!(answer, Err(RunSyncError::Shutdown)));
        }
        assert_eq!((tally.begun(), tally.given_up()), (1, 2));
    });
}

/// With a call at work that waits for what may be lost, or has come too late.
#[test]
fn a_call_at_work_ends_when_the_runtime_goes_away() {
    with_pools_of(&[2, MANY], |tally| {
        let end = thread::spawn(shut_down);
        let nested = [(); 2].map(|()| tally.work());
        let outer = tally.around(move || {
            drop(block_on(join_all(nested.map(|work| run_sync(work).into_result()))));
        });
        let beside = run_sync(tally.work()).into_result();
        drop(block_on(join(run_sync(outer).into_result(), beside)));
        end.join().unwrap();
    });
}
