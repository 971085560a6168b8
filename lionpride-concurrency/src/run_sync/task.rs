use std::fmt;
use std::sync::Arc;

use tokio::runtime::Handle;

use super::call::Hop;

/// A blocking call on its way to a thread: what a [`Dispatcher`](crate::Dispatcher) is given.
///
/// [`run`](Self::run) it on a thread that may block. A task that is dropped instead is lost: its
/// caller gets [`RunSyncError::Shutdown`](crate::RunSyncError::Shutdown), and its work is dropped
/// with it.
///
/// The call may be dropped by its caller at any time: then its work is gone, and running the task
/// does nothing.
#[must_use = "a task that is dropped is lost"]
pub struct Task {
    hop: Option<Arc<dyn Hop>>,
}

impl Task {
    pub(crate) fn new(hop: Arc<dyn Hop>) -> Self {
        Self { hop: Some(hop) }
    }

    /// Does the work on this thread, and tells the caller.
    ///
    /// It never panics: a panic of the work is its caller's. While it runs, the thread is in the
    /// caller's runtime, so that `Handle::current()` and `tokio::spawn` work.
    pub fn run(mut self) {
        if let Some(hop) = self.hop.take() {
            let call = Arc::clone(&hop);
            let _runtime = call.call().runtime.enter();
            drop(hop.run(false));
        }
    }

    /// The runtime in which the call was first polled.
    #[must_use]
    pub fn runtime(&self) -> &Handle {
        &self.hop().call().runtime
    }

    /// What the call was [named](crate::RunSync::named): by `#[dispatch]`, after its function.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        self.hop().call().name
    }

    /// The call, for who sees to it that it is run or lost.
    pub(crate) fn keep(mut self) -> Arc<dyn Hop> {
        self.hop.take().expect("a task is there until it is run")
    }

    pub(crate) fn hop(&self) -> &Arc<dyn Hop> {
        self.hop.as_ref().expect("a task is there until it is run")
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if let Some(hop) = self.hop.take() {
            hop.lose();
        }
    }
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("name", &self.name()).finish_non_exhaustive()
    }
}
