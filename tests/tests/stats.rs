//! `stats()`: the calls on the blocking pools of the whole process. Its only test has the process to
//! itself.

use std::future::Future;
use std::pin::pin;
use std::sync::mpsc;
use std::task::{Context, Waker};
use std::thread;

use lionpride_concurrency::{Dedicated, Limiter, Stats, run_sync, stats};
use tokio::runtime::{Builder, Runtime};

/// In the order of the fields: queued, running, abandoned; finished, panicked, dropped.
fn numbers() -> [u64; 6] {
    let Stats { queued, running, abandoned, finished, panicked, dropped, .. } = stats();
    [queued, running, abandoned, finished, panicked, dropped]
}

fn poll(future: impl Future) {
    assert!(pin!(future).poll(&mut Context::from_waker(Waker::noop())).is_pending());
}

/// What happens to calls on a pool of one thread, from nothing on.
fn count(runtime: Runtime, [finished, panicked, dropped]: [u64; 3]) -> [u64; 3] {
    let assert_counts = |now: [u64; 3], ended: [u64; 3]| {
        let ended = [finished + ended[0], panicked + ended[1], dropped + ended[2]];
        let expected = [now, ended].concat();
        while numbers()[..3] != now && now == [0, 0, 0] {
            thread::yield_now();
        }
        assert_eq!(numbers()[..], expected);
    };
    let context = runtime.enter();
    let (begin, begins) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let mut first = run_sync(move || {
        begin.send(()).unwrap();
        let _ = released.recv();
    });
    assert_counts([0, 0, 0], [0, 0, 0]);

    poll(&mut first);
    begins.recv().unwrap();
    assert_counts([0, 1, 0], [0, 0, 0]);
    let [mut second, mut third] = [(); 2].map(|()| run_sync(|| ()));
    poll(&mut second);
    poll(&mut third);
    assert_counts([2, 1, 0], [0, 0, 0]);
    drop(third);
    assert_counts([1, 1, 0], [0, 0, 1]);
    let mut shielded = run_sync(|| ()).shielded();
    poll(&mut shielded);
    drop(shielded);
    assert_counts([2, 1, 1], [0, 0, 1]);
    drop(first);
    assert_counts([2, 1, 2], [0, 0, 1]);
    drop(release);
    runtime.block_on(second);
    assert_counts([0, 0, 0], [3, 0, 1]);

    let result = runtime.block_on(run_sync(|| -> u8 { panic!("counted") }).into_result());
    result.unwrap_err();
    assert_counts([0, 0, 0], [3, 1, 1]);

    let (limiter, device) = (Limiter::new("other", 1), Dedicated::new("other", || ()));
    runtime.block_on(run_sync(|| ()).on(&limiter));
    runtime.block_on(device.call(|()| ()));
    run_sync(|| ()).run_inline();
    drop(run_sync(|| ()));
    assert_counts([0, 0, 0], [3, 1, 1]);

    let handle = runtime.handle().clone();
    drop(context);
    runtime.shutdown_background();
    let _context = handle.enter();
    let mut lost = run_sync(|| ());
    poll(&mut lost);
    assert_counts([0, 0, 0], [3, 1, 2]);
    [finished + 3, panicked + 1, dropped + 2]
}

#[test]
fn every_transition_of_a_call_on_the_pool_is_counted() {
    let mut multi_thread = Builder::new_multi_thread();
    let mut ended = [0; 3];
    for builder in [&mut Builder::new_current_thread(), multi_thread.worker_threads(2)] {
        ended = count(builder.max_blocking_threads(1).build().unwrap(), ended);
    }
}
