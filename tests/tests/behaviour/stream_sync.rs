//! `stream_sync`: a blocking iterator as a stream.

use std::panic::panic_any;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Waker};
use std::thread;

use futures::executor::block_on;
use futures::{FutureExt, Stream, StreamExt};
use lionpride_concurrency::stream_sync;
use tokio::runtime::{Builder, Handle};

use crate::support::{
    Bell, SHUTDOWNS, captured, drain, hold_a_thread, in_time, is_gone, on_both, on_drop, on_each,
    owning_one_blocking_thread, panic_of, payload_of, with_one_blocking_thread,
};

fn poll_next<S: Stream + Unpin>(stream: &mut S, waker: &Waker) -> Poll<Option<S::Item>> {
    Pin::new(stream).poll_next(&mut Context::from_waker(waker))
}

/// Polls for the first time. The only thread is held meanwhile: nothing is read by that poll.
fn start<S: Stream + Unpin>(stream: &mut S, runtime: &Handle) {
    let _context = runtime.enter();
    let _held = hold_a_thread(runtime);
    assert!(poll_next(stream, Waker::noop()).is_pending());
}

/// A payload that is not text.
#[derive(Debug, PartialEq)]
struct Code(u8);

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

// Laziness

#[test]
fn nothing_is_made_before_the_first_poll() {
    with_one_blocking_thread(|runtime| {
        let was_made = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&was_made);
        let make = move || {
            flag.store(true, Ordering::SeqCst);
            [1]
        };
        let context = runtime.enter();
        let stream = stream_sync(make, 1);
        drain(runtime.handle());
        assert!(!was_made.load(Ordering::SeqCst));
        drop(context);
        assert_eq!(runtime.block_on(stream.collect::<Vec<_>>()), [1]);
        assert!(was_made.load(Ordering::SeqCst));
    });
}

#[test]
fn a_stream_dropped_before_its_start_drops_its_maker_there_and_then() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let held = hold_a_thread(runtime.handle());
        let was_made = Arc::new(AtomicBool::new(false));
        for polled in [false, true] {
            let (value, alive) = captured();
            let flag = Arc::clone(&was_made);
            let make = move || {
                flag.store(true, Ordering::SeqCst);
                drop(value);
                [1]
            };
            let mut stream = stream_sync(make, 1);
            if polled {
                assert!(poll_next(&mut stream, Waker::noop()).is_pending());
            }
            assert!(!is_gone(&alive));
            drop(stream);
            assert!(is_gone(&alive));
        }
        drop(held);
        drain(runtime.handle());
        assert!(!was_made.load(Ordering::SeqCst));
    });
}

// Capacity

/// Each entry into the iterator is signalled. That it comes as far as it may is waited for; that it
/// comes no further is checked at each entry, and the reader dawdles so that it could.
#[test]
fn an_iterator_is_ahead_by_its_capacity_and_no_more() {
    const ITEMS: usize = 300;
    for capacity in [1, 2, 7] {
        with_one_blocking_thread(|runtime| {
            let read = Arc::new(AtomicUsize::new(0));
            let (enter, entered) = mpsc::channel();
            let make = {
                let read = Arc::clone(&read);
                move || {
                    (0..ITEMS).inspect(move |item| {
                        // The reader counts an item before it asks for it.
                        let ahead = item + 1 - read.load(Ordering::SeqCst);
                        enter.send(ahead).unwrap();
                    })
                }
            };
            let mut stream = stream_sync(make, capacity);
            start(&mut stream, runtime.handle());
            runtime.block_on(async {
                let mut entries = 0;
                for item in 0..ITEMS {
                    while entries < ITEMS.min(item + capacity) {
                        assert!(entered.recv().unwrap() <= capacity);
                        entries += 1;
                    }
                    for _ in 0..10 {
                        thread::yield_now();
                    }
                    assert!(entered.try_recv().is_err(), "more than {capacity} ahead");
                    read.fetch_add(1, Ordering::SeqCst);
                    assert_eq!(stream.next().await, Some(item));
                }
                assert_eq!(stream.next().await, None);
            });
        });
    }
}

/// How far it came is certain once the iterator is gone.
#[test]
fn an_unread_iterator_never_enters_for_more_than_its_capacity() {
    for _ in 0..50 {
        for capacity in [1, 3] {
            with_one_blocking_thread(|runtime| {
                let (enter, entered) = mpsc::channel();
                let make = move || {
                    std::iter::repeat_with(move || {
                        enter.send(()).unwrap();
                    })
                };
                let mut stream = stream_sync(make, capacity);
                start(&mut stream, runtime.handle());
                for _ in 0..capacity {
                    entered.recv().unwrap();
                }
                drop(stream);
                assert_eq!(entered.iter().count(), 0, "it ends with the iterator");
            });
        }
    }
}

// Dropping

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

// Panics

#[test]
fn a_panic_comes_after_the_items_before_it_and_ends_the_stream() {
    on_both(async || {
        for capacity in [1, 3, 100] {
            let make =
                || (0..).map(|number| if number < 5 { number } else { panic_any(Code(number)) });
            let mut stream = stream_sync(make, capacity);
            for number in 0..5 {
                assert_eq!(stream.next().await, Some(number));
            }
            let next = std::panic::AssertUnwindSafe(stream.next()).catch_unwind().await;
            assert_eq!(*next.unwrap_err().downcast::<Code>().unwrap(), Code(5));
            for _ in 0..3 {
                assert_eq!(stream.next().await, None);
            }
        }
    });
}

#[test]
fn a_panic_that_came_long_ago_still_comes_after_the_items() {
    with_one_blocking_thread(|runtime| {
        let make = || (0..).map(|number| if number < 5 { number } else { panic!("at five") });
        let mut stream = stream_sync(make, 100);
        start(&mut stream, runtime.handle());
        drain(runtime.handle());
        for number in 0..5 {
            assert_eq!(poll_next(&mut stream, Waker::noop()), Poll::Ready(Some(number)));
        }
        let payload = payload_of(|| poll_next(&mut stream, Waker::noop()));
        assert_eq!(payload.downcast_ref(), Some(&"at five"));
        assert_eq!(poll_next(&mut stream, Waker::noop()), Poll::Ready(None));
    });
}

#[test]
fn a_panic_of_the_maker_goes_on_at_the_poll() {
    on_each(|runtime| {
        let make = || -> Vec<u8> { panic_any(Code(7)) };
        let mut stream = stream_sync(make, 1);
        let payload = payload_of(|| runtime.block_on(stream.next()));
        assert_eq!(*payload.downcast::<Code>().unwrap(), Code(7));
        assert_eq!(runtime.block_on(stream.next()), None);
    });
}

#[test]
fn a_panic_of_an_iterator_that_is_dropped_goes_on_at_the_poll() {
    on_each(|runtime| {
        let make = || {
            let guard = on_drop(|| panic_any(Code(9)));
            (0..2).inspect(move |_| {
                let _alive = &guard;
            })
        };
        let mut stream = stream_sync(make, 5);
        assert_eq!(runtime.block_on(stream.next()), Some(0));
        assert_eq!(runtime.block_on(stream.next()), Some(1));
        let payload = payload_of(|| runtime.block_on(stream.next()));
        assert_eq!(*payload.downcast::<Code>().unwrap(), Code(9));
        assert_eq!(runtime.block_on(stream.next()), None);
    });
}

// Shutdown

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
