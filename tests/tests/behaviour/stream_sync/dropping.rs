//! A stream that is dropped.

use std::sync::{Arc, Mutex, mpsc};
use std::task::Waker;
use std::thread;

use futures::StreamExt;
use lionpride_concurrency::stream_sync;

use crate::support::{
    captured, drain, in_time, is_gone, on_drop, on_each, with_one_blocking_thread,
};

use super::poll_next;

#[test]
fn a_dropped_stream_stops_its_iterator_at_the_next_item() {
    with_one_blocking_thread(|runtime| {
        let context = runtime.enter();
        let items = Arc::new(Mutex::new(Vec::new()));
        let (enter, entered) = mpsc::channel();
        let (go, gone) = mpsc::channel::<()>();
        let (dropped, dropped_on) = mpsc::channel();
        let make = {
            let items = Arc::clone(&items);
            move || {
                let guard = on_drop(move || dropped.send(thread::current().id()).unwrap());
                std::iter::repeat_with(move || {
                    let _alive = &guard;
                    enter.send(thread::current().id()).unwrap();
                    let _ = gone.recv();
                    let (item, alive) = captured();
                    items.lock().unwrap().push(alive);
                    item
                })
            }
        };
        let mut stream = stream_sync(make, 8);
        assert!(poll_next(&mut stream, Waker::noop()).is_pending());
        let worker = entered.recv().unwrap();
        for _ in 0..3 {
            go.send(()).unwrap();
            entered.recv().unwrap();
        }
        // Three items wait to be read, the fourth is being made.
        drop(stream);
        drop(go);
        assert_eq!(dropped_on.recv(), Ok(worker));
        assert_ne!(worker, thread::current().id());
        assert!(entered.recv().is_err(), "the iterator was asked again");
        drain(runtime.handle());
        drop(context);
        let items = items.lock().unwrap();
        assert!(items.len() == 4 && items.iter().all(is_gone));
    });
}

#[test]
fn a_dropped_stream_stops_an_iterator_that_waits_for_room() {
    on_each(|runtime| {
        let (dropped, is_dropped) = mpsc::channel();
        let (enter, entered) = mpsc::channel();
        let make = move || {
            let guard = on_drop(move || dropped.send(()).unwrap());
            (0..).inspect(move |_| {
                let _alive = &guard;
                enter.send(()).unwrap();
            })
        };
        let mut stream = stream_sync(make, 2);
        assert_eq!(runtime.block_on(stream.next()), Some(0));
        for _ in 0..3 {
            entered.recv().unwrap();
        }
        drop(stream);
        in_time(move || is_dropped.recv().unwrap());
        assert!(entered.recv().is_err());
    });
}
