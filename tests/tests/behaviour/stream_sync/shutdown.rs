//! A runtime that shuts down.

use std::sync::mpsc;
use std::task::Waker;

use futures::StreamExt;
use futures::executor::block_on;
use lionpride_concurrency::stream_sync;
use tokio::runtime::Builder;

use crate::support::{
    SHUTDOWNS, captured, in_time, is_gone, on_drop, owning_one_blocking_thread, panic_of,
};

use super::poll_next;

#[test]
fn a_lost_stream_panics_elsewhere_and_never_ends_as_if_it_were_empty() {
    for shutdown in SHUTDOWNS {
        owning_one_blocking_thread(|runtime| {
            let handle = runtime.handle().clone();
            shutdown(runtime);
            let (value, alive) = captured();
            let make = move || {
                drop(value);
                [1]
            };
            let mut stream = stream_sync(make, 1);
            let context = handle.enter();
            assert!(poll_next(&mut stream, Waker::noop()).is_pending());
            drop(context);
            assert!(is_gone(&alive));
            in_time(move || {
                for _ in 0..2 {
                    let message = panic_of(|| block_on(stream.next())).message;
                    assert!(message.contains("runtime was shut down"), "{message}");
                }
            });
        });
    }
}

/// The task is in the middle of a poll when its runtime goes.
#[test]
fn a_lost_stream_parks_the_task_that_is_about_to_be_dropped() {
    let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let (entered, is_entered) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let (went_on, has_gone_on) = mpsc::channel();
    let task = runtime.spawn(async move {
        entered.send(()).unwrap();
        let _ = released.recv();
        let item = stream_sync(|| [1], 1).next().await;
        went_on.send(item).unwrap();
    });
    is_entered.recv().unwrap();
    runtime.shutdown_background();
    drop(release);
    assert!(in_time(|| block_on(task)).unwrap_err().is_cancelled());
    assert!(has_gone_on.recv().is_err());
}

#[test]
fn a_stream_in_a_task_does_not_keep_its_runtime() {
    owning_one_blocking_thread(|runtime| {
        let (dropped, is_dropped) = mpsc::channel();
        let (read, has_read) = mpsc::channel();
        runtime.spawn(async move {
            let make = move || {
                let guard = on_drop(move || dropped.send(()).unwrap());
                (0..).inspect(move |_| {
                    let _alive = &guard;
                })
            };
            let mut stream = stream_sync(make, 1);
            read.send(stream.next().await).unwrap();
            std::future::pending::<()>().await;
            drop(stream);
        });
        in_time(move || {
            let first = runtime.block_on(async {
                loop {
                    match has_read.try_recv() {
                        Ok(first) => return first,
                        Err(_) => tokio::task::yield_now().await,
                    }
                }
            });
            assert_eq!(first, Some(0));
            drop(runtime);
            is_dropped.recv().unwrap();
        });
    });
}

#[test]
fn a_stream_that_runs_when_its_runtime_shuts_down_is_read_to_its_end() {
    for shutdown in SHUTDOWNS {
        owning_one_blocking_thread(|runtime| {
            let mut stream = stream_sync(|| 0..50, 2);
            assert_eq!(runtime.block_on(stream.next()), Some(0));
            shutdown(runtime);
            let rest = in_time(|| block_on(stream.collect::<Vec<_>>()));
            assert!(rest.into_iter().eq(1..50));
        });
    }
}
