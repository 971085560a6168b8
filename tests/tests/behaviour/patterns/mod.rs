//! The functions over many futures, and those that wait for a condition.

mod as_completed;
mod bounded_map;
mod gather;
mod poll_until;
mod race;

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::support::{captured, has, is_gone};

/// What a future waits for, and what it has come to.
struct Gate<T> {
    open: Option<oneshot::Sender<T>>,
    has_begun: Arc<AtomicBool>,
    alive: Weak<()>,
}

impl<T> Gate<T> {
    fn open(&mut self, output: T) {
        assert!(self.open.take().unwrap().send(output).is_ok(), "nobody waits at the gate");
    }

    fn has_begun(&self) -> bool {
        has(&self.has_begun)
    }

    fn is_gone(&self) -> bool {
        is_gone(&self.alive)
    }
}

/// A future that ends when its gate is opened, and panics when that goes away.
fn gate<T: Send + 'static>() -> (Gate<T>, BoxFuture<'static, T>) {
    let ((open, opened), (value, alive)) = (oneshot::channel(), captured());
    let has_begun = Arc::new(AtomicBool::new(false));
    let begun = Arc::clone(&has_begun);
    let future = async move {
        begun.store(true, Ordering::SeqCst);
        let output = opened.await.expect("its gate is gone");
        drop(value);
        output
    };
    (Gate { open: Some(open), has_begun, alive }, future.boxed())
}

fn gates<T: Send + 'static>(count: usize) -> (Vec<Gate<T>>, Vec<BoxFuture<'static, T>>) {
    (0..count).map(|_| gate()).unzip()
}

/// Which of them have begun.
fn begun<T>(gates: &[Gate<T>]) -> Vec<usize> {
    places(gates, Gate::has_begun)
}

/// Which futures are no more.
fn gone<T>(gates: &[Gate<T>]) -> Vec<usize> {
    places(gates, Gate::is_gone)
}

fn places<T>(gates: &[Gate<T>], is: impl Fn(&Gate<T>) -> bool) -> Vec<usize> {
    (0..gates.len()).filter(|at| is(&gates[*at])).collect()
}

/// What has passed, in tenths of a second: the timer may add a millisecond to each wait.
fn tenths(start: Instant) -> u128 {
    (start.elapsed().as_millis() + 20) / 100
}

/// The code is compiled: what it makes can be spawned.
fn spawnable<F: Future<Output: Send + 'static> + Send + 'static>(future: F) -> F {
    future
}
