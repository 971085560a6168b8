//! `run_sync`: the hop.

mod dropped;
mod inline;
mod locals;
mod many;
mod panics;
mod queued;
mod result;
mod shielded;
mod shutdown;
mod wakers;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use lionpride_concurrency::{Job, RunSync, run_sync};
use tokio::runtime::{Handle, Runtime};

use crate::support::captured;

/// A call that tells whether it has run and whether what it captured is still there.
fn observed_call() -> (RunSync<impl Job<Output = ()>>, Arc<AtomicBool>, Weak<()>) {
    let (has_run, (value, alive)) = (Arc::new(AtomicBool::new(false)), captured());
    let flag = Arc::clone(&has_run);
    let call = run_sync(move || {
        flag.store(true, Ordering::SeqCst);
        drop(value);
    });
    (call, has_run, alive)
}

fn has(flag: &AtomicBool) -> bool {
    flag.load(Ordering::SeqCst)
}

/// A handle of a runtime that has been shut down.
fn shut_down(runtime: Runtime, shutdown: fn(Runtime)) -> Handle {
    let handle = runtime.handle().clone();
    shutdown(runtime);
    handle
}

/// A payload that is not text.
#[derive(Debug, PartialEq)]
struct Code(u8);
