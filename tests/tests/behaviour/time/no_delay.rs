//! Sleeps of zero and below, and until what has passed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Waker;

use lionpride_concurrency::{Sleep, sleep, sleep_until};
use tokio::runtime::Builder;
use tokio::sync::Notify;
use tokio::task::yield_now;
use tokio::time::Instant;

use crate::support::{on_both, paused, poll};

use super::ZEROES;

/// Spawns tasks with much to do; returns how many of them have run at least once.
fn spawn_ready_tasks(count: usize) -> Arc<AtomicUsize> {
    let have_run = Arc::new(AtomicUsize::new(0));
    for _ in 0..count {
        tokio::spawn(runs_many_times(Arc::clone(&have_run)));
    }
    have_run
}

async fn runs_many_times(have_run: Arc<AtomicUsize>) {
    have_run.fetch_add(1, Ordering::SeqCst);
    for _ in 0..50 {
        yield_now().await;
    }
}

#[test]
fn no_delay_lets_every_ready_task_run_before_the_root_future() {
    for no_delay in ZEROES {
        paused().block_on(async {
            let have_run = spawn_ready_tasks(500);
            no_delay().await;
            assert_eq!(have_run.load(Ordering::SeqCst), 500);
        });
    }
}

#[test]
fn no_delay_lets_every_ready_task_run_before_a_task() {
    for no_delay in ZEROES {
        paused().block_on(async {
            let task = tokio::spawn(async move {
                let have_run = spawn_ready_tasks(500);
                no_delay().await;
                assert_eq!(have_run.load(Ordering::SeqCst), 500);
            });
            task.await.unwrap();
        });
    }
}

#[test]
fn no_delay_lets_every_woken_task_run() {
    async fn scenario() {
        let (start, have_run) = (Arc::new(Notify::new()), Arc::new(AtomicUsize::new(0)));
        for _ in 0..500 {
            let (start, have_run) = (Arc::clone(&start), Arc::clone(&have_run));
            tokio::spawn(async move {
                start.notified().await;
                have_run.fetch_add(1, Ordering::SeqCst);
            });
        }
        sleep(0).await;
        assert_eq!(have_run.load(Ordering::SeqCst), 0);
        start.notify_waiters();
        sleep(0).await;
        assert_eq!(have_run.load(Ordering::SeqCst), 500);
    }
    let runtime = paused();
    runtime.block_on(scenario());
    runtime.block_on(async { tokio::spawn(scenario()).await.unwrap() });
}

#[test]
fn no_delay_lets_tasks_spawned_from_outside_run_before_the_root_future() {
    let (runtime, have_run) = (paused(), Arc::new(AtomicUsize::new(0)));
    for _ in 0..500 {
        runtime.spawn(runs_many_times(Arc::clone(&have_run)));
    }
    runtime.block_on(async {
        sleep(0).await;
        assert_eq!(have_run.load(Ordering::SeqCst), 500);
    });
}

#[test]
fn no_delay_lets_tasks_spawned_from_outside_run_before_a_task() {
    let (runtime, have_run) = (paused(), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&have_run);
    let task = runtime.spawn(async move {
        sleep(0).await;
        seen.load(Ordering::SeqCst)
    });
    for _ in 0..500 {
        runtime.spawn(runs_many_times(Arc::clone(&have_run)));
    }
    assert_eq!(runtime.block_on(task).unwrap(), 500);
}

#[test]
fn no_delay_lets_another_task_run_on_a_multi_thread_runtime() {
    let mut builder = Builder::new_multi_thread();
    let runtime = builder.worker_threads(1).enable_time().build().unwrap();
    for no_delay in ZEROES {
        let scenario = async move || {
            let have_run = Arc::new(AtomicUsize::new(0));
            let counter = Arc::clone(&have_run);
            tokio::spawn(async move { counter.fetch_add(1, Ordering::SeqCst) });
            no_delay().await;
            assert_eq!(have_run.load(Ordering::SeqCst), 1);
        };
        runtime.block_on(scenario());
        runtime.block_on(async { tokio::spawn(async move { scenario().await }).await.unwrap() });
    }
}

#[test]
fn no_delay_takes_no_paused_time() {
    for no_delay in ZEROES {
        paused().block_on(async {
            let timer = tokio::spawn(sleep(0.001));
            yield_now().await;
            let start = Instant::now();
            no_delay().await;
            tokio::spawn(no_delay()).await.unwrap();
            assert_eq!(Instant::now(), start);
            timer.await.unwrap();
        });
    }
}

fn assert_waits_once(no_delay: fn() -> Sleep) {
    let mut no_delay = Box::pin(no_delay());
    assert!(poll(&mut no_delay, Waker::noop()).is_pending());
}

#[test]
fn no_delay_is_waited_for_once() {
    for no_delay in ZEROES {
        paused().block_on(async { assert_waits_once(no_delay) });
    }
    on_both(async || {
        for no_delay in ZEROES {
            tokio::spawn(async move { assert_waits_once(no_delay) }).await.unwrap();
        }
    });
}

/// The workers may be quick: it is asked again and again.
#[test]
fn no_delay_is_waited_for_once_by_the_root_future_of_a_multi_thread_runtime() {
    Builder::new_multi_thread().worker_threads(2).build().unwrap().block_on(async {
        for _ in 0..1_000 {
            assert_waits_once(|| sleep(0));
            assert_waits_once(|| sleep_until(0.0));
        }
    });
}
