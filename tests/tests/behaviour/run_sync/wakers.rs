//! Wakers.

use std::sync::{Arc, mpsc};

use futures::executor::block_on;
use lionpride_concurrency::run_sync;

use crate::support::{
    Bell, drain, hold_a_thread, on_each, panic_of, payload_of, poll, with_one_blocking_thread,
};

#[test]
fn only_the_waker_of_the_last_poll_is_woken() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let held = hold_a_thread(runtime.handle());
        let (started, has_started) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let mut call = run_sync(move || {
            started.send(()).unwrap();
            let _ = released.recv();
        });
        let [first, second, third] = std::array::from_fn(|_| Bell::new());

        assert!(poll(&mut call, &first.1).is_pending());
        assert!(poll(&mut call, &second.1).is_pending());
        assert_eq!(Arc::strong_count(&first.0), 2, "replaced while queued, it is let go");
        drop(held);
        has_started.recv().unwrap();
        assert!(poll(&mut call, &third.1).is_pending());
        assert_eq!(Arc::strong_count(&second.0), 2, "replaced while running, it is let go");
        assert!(poll(&mut call, &third.1).is_pending());
        drop(release);

        third.0.wait_for(1);
        assert!(poll(&mut call, &third.1).is_ready());
        drain(runtime.handle());
        assert_eq!([first, second, third].map(|(bell, _)| bell.count()), [0, 0, 1]);
    });
}

#[test]
fn a_finished_call_keeps_no_waker() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let (bell, waker) = Bell::new();
        let mut call = run_sync(|| ());
        assert!(poll(&mut call, &waker).is_pending());
        drain(runtime.handle());
        assert_eq!((bell.count(), Arc::strong_count(&bell)), (1, 2));
        assert!(poll(&mut call, &waker).is_ready());
    });
}

#[test]
fn a_call_polled_after_completion_panics() {
    on_each(|runtime| {
        let mut call = run_sync(|| ());
        runtime.block_on(&mut call);
        assert!(panic_of(|| block_on(call)).message.contains("after completion"));

        let mut for_result = run_sync(|| ()).into_result();
        runtime.block_on(&mut for_result).unwrap();
        assert!(panic_of(|| block_on(for_result)).message.contains("after completion"));

        let mut panicking = run_sync(|| panic!("once"));
        payload_of(|| runtime.block_on(&mut panicking));
        assert!(panic_of(|| block_on(panicking)).message.contains("after completion"));
    });
}
