//! What the feature `tracing` adds: the caller's span around the work, a span for each hop, and a
//! warning of slow starts.

mod around;
mod hop;
mod log;
mod places;
mod slow_start;
mod stages;

use std::sync::mpsc;
use std::task::{Context, Poll, Waker};
use std::{future::Future, pin::Pin};

use tokio::runtime::{Builder, Runtime};
use tracing::dispatcher::{self, Dispatch};
use tracing::subscriber::NoSubscriber;

/// A runtime of each flavour, with one thread for blocking calls.
fn runtimes() -> [Runtime; 2] {
    let mut multi_thread = Builder::new_multi_thread();
    multi_thread.worker_threads(1);
    [Builder::new_current_thread(), multi_thread]
        .map(|mut builder| builder.max_blocking_threads(1).enable_time().build().unwrap())
}

fn runtime() -> Runtime {
    let [runtime, _] = runtimes();
    runtime
}

fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Holds the blocking thread of the runtime until it is dropped.
fn hold_the_thread(runtime: &Runtime) -> mpsc::Sender<()> {
    let (release, released) = mpsc::channel();
    drop(runtime.spawn_blocking(move || released.recv()));
    release
}

/// Whether nothing is left on this thread of what a call brought along.
fn is_bare() -> bool {
    let is_nobodys = dispatcher::get_default(Dispatch::is::<NoSubscriber>);
    is_nobodys && tracing::Span::current().is_none()
}
