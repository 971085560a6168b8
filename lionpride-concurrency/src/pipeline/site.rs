//! Where in its pipeline a stage stands, for whoever hears of it: its hop is named after it, its
//! error is found by it (`failed.rs`), and a panic in it tells it to the log.

use std::future::Future;

use super::flow::{Done, Stop};
use super::outcome::Outcome;
use crate::trace;

/// The place of a stage.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    /// What the plan calls the stages, all of them.
    pub(super) texts: &'static [&'static str],
    pub(super) index: usize,
    /// What the hop of the work that waits before the stage is called: `parse? + validate?`.
    pub(super) hop: &'static str,
    /// .. and if the stage takes part in it: `parse? + validate? + store`.
    pub(super) hop_with: &'static str,
}

impl Site {
    /// What the plan calls the stage. There is nothing behind the last one.
    pub(crate) fn text(&self) -> &'static str {
        self.texts.get(self.index).copied().unwrap_or_default()
    }

    /// Calls the stage's function.
    pub(crate) fn watch<R>(&self, call: impl FnOnce() -> R) -> R {
        trace::watch(self.text(), call)
    }

    /// Awaits what the stage's function has returned.
    pub(super) fn watched<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        trace::watched(self.text(), future)
    }

    /// Makes of what the stage has returned the next stage's input, or stops the pipeline.
    pub(super) fn judge<O: Outcome<R, E>, R, E>(&self, returned: R) -> Done<O::Value, E> {
        O::judge(returned).map_err(|error| self.stop(error))
    }

    /// Stops the pipeline at the stage.
    pub(super) fn stop<E>(&self, error: E) -> Stop<E> {
        Stop::Stage { error, index: self.index }
    }
}
