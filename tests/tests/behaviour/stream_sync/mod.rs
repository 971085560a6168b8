//! `stream_sync`: a blocking iterator as a stream.

mod capacity;
mod dropping;
mod items;
mod laziness;
mod panics;
mod shutdown;

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use futures::Stream;
use tokio::runtime::Handle;

use crate::support::hold_a_thread;

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
