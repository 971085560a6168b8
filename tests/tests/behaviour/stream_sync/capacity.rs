//! How far the iterator is ahead.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use futures::StreamExt;
use lionpride_concurrency::stream_sync;

use crate::support::with_one_blocking_thread;

use super::start;

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
