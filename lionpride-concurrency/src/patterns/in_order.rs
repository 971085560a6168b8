//! Outputs that come in any order, put in theirs.

use std::mem;
use std::pin::pin;

use futures::stream::{Stream, StreamExt};

/// A place for each output.
pub(crate) struct InOrder<T>(Vec<Option<T>>);

impl<T> InOrder<T> {
    pub(crate) fn new(all: usize) -> Self {
        Self((0..all).map(|_| None).collect())
    }

    pub(crate) fn put(&mut self, at: usize, output: T) {
        self.0[at] = Some(output);
    }

    /// All that have come.
    pub(crate) fn take(&mut self) -> Vec<T> {
        mem::take(&mut self.0).into_iter().flatten().collect()
    }
}

/// All outputs, or the first error that comes: it does not wait for the outputs before it, as that
/// of a `try_collect` over `buffered` would.
pub(super) async fn try_in_order<T, E>(
    all: usize,
    completed: impl Stream<Item = (usize, Result<T, E>)>,
) -> Result<Vec<T>, E> {
    let mut outputs = InOrder::new(all);
    let mut completed = pin!(completed);
    while let Some((at, output)) = completed.next().await {
        outputs.put(at, output?);
    }
    Ok(outputs.take())
}
