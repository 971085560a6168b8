//! Where blocking calls run.

mod dedicated;
mod limiter;
mod nested;
mod own;
#[cfg(feature = "rayon")]
mod rayon;
mod shutdown;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::task::Waker;
use std::thread;

use lionpride_concurrency::{Job, Route, RunSync, Stats, run_sync};

use crate::support::{has, observed_call, poll};

/// Ends a held call when it is dropped.
struct Release {
    _sender: mpsc::Sender<()>,
}

/// A call that says when it begins, and goes on until it is released.
fn held() -> (RunSync<impl Job<Output = ()>>, mpsc::Receiver<()>, Release) {
    let (begin, begins) = mpsc::channel();
    let (sender, released) = mpsc::channel::<()>();
    let call = run_sync(move || {
        begin.send(()).unwrap();
        let _ = released.recv();
    });
    (call, begins, Release { _sender: sender })
}

/// The call, polled once: it is on its way.
fn sent<J: Job, D: Route>(mut call: RunSync<J, D>) -> RunSync<J, D> {
    assert!(poll(&mut call, Waker::noop()).is_pending());
    call
}

/// Who is in at the same time, and how many that were at most.
#[derive(Default)]
struct Crowd {
    now: AtomicUsize,
    most: AtomicUsize,
    visits: AtomicUsize,
}

impl Crowd {
    fn visit(&self) {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        for _ in 0..3 {
            thread::yield_now();
        }
        self.visits.fetch_add(1, Ordering::SeqCst);
        self.now.fetch_sub(1, Ordering::SeqCst);
    }

    fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}

/// Stats in the order of their fields: queued, running, abandoned; finished, panicked, dropped.
fn numbers(stats: Stats) -> [u64; 6] {
    let Stats { queued, running, abandoned, finished, panicked, dropped, .. } = stats;
    [queued, running, abandoned, finished, panicked, dropped]
}
