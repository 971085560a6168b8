//! Where in its pipeline a stage stands, for whoever hears of it: its hop is named after it, its
//! error is found by it (`failed.rs`), and a panic in it tells it to the log.

use std::future::Future;

use super::failed;
use crate::trace;

/// The place of a stage.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    /// What the plan calls the stages, all of them.
    pub(super) texts: &'static [&'static str],
    pub(super) index: usize,
    /// What the hop of the work that waits before the stage is called: `parse? + validate?`.
    pub(super) hop: &'static str,
}

impl Site {
    /// What the plan calls the stage. There is nothing behind the last one.
    pub(super) fn text(&self) -> &'static str {
        self.texts.get(self.index).copied().unwrap_or_default()
    }

    /// The index of the first of the `len` stages before this one, and what the plan calls them.
    pub(super) fn before(&self, len: usize) -> (usize, &'static [&'static str]) {
        let first = self.index.saturating_sub(len);
        (first, self.texts.get(first..self.index).unwrap_or_default())
    }

    /// Calls the stage's function.
    pub(super) fn watch<R>(&self, call: impl FnOnce() -> R) -> R {
        trace::watch(self.text(), call)
    }

    /// Awaits what the stage's function has returned.
    pub(super) fn watched<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        trace::watched(self.text(), future)
    }

    /// Takes down which stage it was, if it stops the pipeline.
    pub(super) fn noted<T, E>(&self, result: Result<T, E>) -> Result<T, E> {
        if result.is_err() {
            failed::note(self.index);
        }
        result
    }
}
