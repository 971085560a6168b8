//! An iterator that panics.

use std::panic::panic_any;
use std::task::{Poll, Waker};

use futures::{FutureExt, StreamExt};
use lionpride_concurrency::stream_sync;

use crate::support::{drain, on_both, on_drop, on_each, payload_of, with_one_blocking_thread};

use super::{Code, poll_next, start};

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
