//! The items and their end.

use std::rc::Rc;
use std::sync::mpsc;
use std::task::Poll;
use std::thread;

use futures::executor::block_on;
use futures::{FutureExt, StreamExt};
use lionpride_concurrency::stream_sync;
use tokio::runtime::Builder;

use crate::support::{Bell, on_both, on_drop, on_each, panic_of};

use super::poll_next;

#[test]
fn a_stream_gives_the_items_in_order() {
    on_both(async || {
        for capacity in [1, 2, 1_000] {
            let items = stream_sync(|| 0..500, capacity).collect::<Vec<_>>().await;
            assert!(items.into_iter().eq(0..500));
        }
        let task = tokio::spawn(stream_sync(|| vec!["a", "b"], 1).collect::<Vec<_>>());
        assert_eq!(task.await.unwrap(), ["a", "b"]);
    });
}

#[test]
fn an_iterator_need_not_be_send() {
    on_both(async || {
        let make = || {
            let shared = Rc::new(3);
            (0..4).map(move |number| number * *shared)
        };
        assert_eq!(stream_sync(make, 2).collect::<Vec<_>>().await, [0, 3, 6, 9]);
    });
}

#[test]
fn an_iterator_is_made_used_and_dropped_on_one_other_thread() {
    on_each(|runtime| {
        let (used, used_on) = mpsc::channel();
        let make = move || {
            used.send(thread::current().id()).unwrap();
            let last = used.clone();
            let guard = on_drop(move || last.send(thread::current().id()).unwrap());
            (0..3).inspect(move |_| {
                let _alive = &guard;
                used.send(thread::current().id()).unwrap();
            })
        };
        runtime.block_on(stream_sync(make, 1).for_each(async |_| ()));
        let threads = used_on.iter().collect::<Vec<_>>();
        assert_eq!(threads.len(), 5);
        assert!(threads.iter().all(|id| *id == threads[0] && *id != thread::current().id()));
    });
}

#[test]
fn an_empty_iterator_is_an_empty_stream() {
    on_both(async || assert_eq!(stream_sync(Vec::<u8>::new, 1).next().await, None));
}

#[test]
fn a_stream_that_has_ended_stays_at_its_end() {
    on_both(async || {
        let mut stream = stream_sync(|| Some(1), 1);
        assert_eq!(stream.next().await, Some(1));
        for _ in 0..3 {
            assert_eq!(stream.next().await, None);
        }
    });
}

#[test]
fn an_iterator_is_not_asked_again_after_its_end() {
    on_both(async || {
        let mut calls = 0;
        let make = move || {
            std::iter::from_fn(move || {
                calls += 1;
                assert!(calls <= 3, "asked again");
                (calls < 3).then_some(calls)
            })
        };
        assert_eq!(stream_sync(make, 10).collect::<Vec<_>>().await, [1, 2]);
    });
}

#[test]
fn a_stream_is_made_outside_a_runtime() {
    let stream = stream_sync(|| [1, 2], 1);
    let runtime = Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(stream.collect::<Vec<_>>()), [1, 2]);
}

#[test]
fn a_first_poll_outside_a_runtime_panics_with_what_to_do() {
    let message = panic_of(|| block_on(stream_sync(|| [1], 1).next())).message;
    assert!(message.contains("tokio runtime"), "{message}");
}

#[test]
fn a_capacity_of_zero_panics_where_it_is_written() {
    let (panic, line) = (panic_of(|| drop(stream_sync(|| [1], 0))), line!());
    assert_eq!((panic.file.as_str(), panic.line), (file!(), line));
    assert!(panic.message.contains("capacity"), "{}", panic.message);
}

#[test]
fn an_item_that_was_waited_for_in_vain_is_not_lost() {
    on_both(async || {
        let mut stream = stream_sync(|| 0..200, 1);
        let mut items = Vec::new();
        while items.last() != Some(&199) {
            if let Some(item) = stream.next().now_or_never() {
                items.extend(item);
            }
            tokio::task::yield_now().await;
        }
        assert!(items.into_iter().eq(0..200));
    });
}

#[test]
fn a_waiting_reader_is_woken_by_an_item_and_by_the_end() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let (give, given) = mpsc::channel();
        let mut stream = stream_sync(move || given, 1);
        for item in [1, 2] {
            let (bell, waker) = Bell::new();
            assert_eq!(poll_next(&mut stream, &waker), Poll::Pending);
            give.send(item).unwrap();
            bell.wait_for(1);
            assert_eq!(poll_next(&mut stream, &waker), Poll::Ready(Some(item)));
        }
        let (bell, waker) = Bell::new();
        assert_eq!(poll_next(&mut stream, &waker), Poll::Pending);
        drop(give);
        bell.wait_for(1);
        assert_eq!(block_on(stream.next()), None);
    });
}
