use std::sync::Arc;

use super::{Dispatcher, Place};
use crate::run_sync::{Hop, Task};

/// The blocking pool of the runtime in which a call is first polled: the default of every call.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pool;

#[diagnostic::do_not_recommend]
impl Dispatcher for Pool {
    fn dispatch(&self, task: Task) {
        if task.hop().come_to(Place::Pool) {
            spawn(task);
        }
    }
}

/// Brings the task to a thread of its runtime's pool. The task tells how the call ended: the join
/// handle has nothing to add.
#[cfg(not(all(test, lionpride_model)))]
fn spawn(task: Task) {
    let hop = Arc::clone(task.hop());
    drop(hop.call().runtime.spawn_blocking(move || task.run_at_home()));
}

#[cfg(all(test, lionpride_model))]
fn spawn(task: Task) {
    crate::models::spawn(move || task.run_at_home());
}

/// As [`spawn`], for a call that has come to its place before.
pub(super) fn start(hop: Arc<dyn Hop>) {
    spawn(Task::new(hop));
}
