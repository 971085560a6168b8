//! Nothing before the first poll.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Waker;

use futures::StreamExt;
use lionpride_concurrency::stream_sync;

use crate::support::{captured, drain, hold_a_thread, is_gone, with_one_blocking_thread};

use super::poll_next;

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
