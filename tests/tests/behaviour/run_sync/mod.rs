//! `run_sync`: the hop.

mod dropped;
mod inline;
mod locals;
mod many;
mod panics;
mod queue;
mod queued;
mod result;
mod shielded;
mod shutdown;
mod wakers;

use tokio::runtime::{Handle, Runtime};

use crate::support::{has, observed_call};

/// A handle of a runtime that has been shut down.
fn shut_down(runtime: Runtime, shutdown: fn(Runtime)) -> Handle {
    let handle = runtime.handle().clone();
    shutdown(runtime);
    handle
}

/// A payload that is not text.
#[derive(Debug, PartialEq)]
struct Code(u8);
