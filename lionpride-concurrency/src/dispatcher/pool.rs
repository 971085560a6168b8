use std::sync::Arc;

use super::{Dispatcher, Place};
use crate::run_sync::{Hop, Queue, Task};

/// The blocking pool of the runtime in which a call is first polled: the default of every call.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pool;

#[diagnostic::do_not_recommend]
impl Dispatcher for Pool {
    fn dispatch(&self, task: Task) {
        if task.hop().come_to(Place::Pool) {
            start(task.keep());
        }
    }
}

/// Brings the call to a thread of its runtime's pool.
pub(super) fn start(hop: Arc<dyn Hop>) {
    Queue::of(&hop.call().runtime).submit(hop);
}
