//! The items of an `each` that workers share, and what they come back with.

use std::sync::Arc;
use std::{mem, vec};

use crate::patterns::InOrder;
use crate::sync::{Mutex, lock};

/// The items that no worker has taken yet.
pub(super) struct Queue<I>(Mutex<Left<I>>);

struct Left<I> {
    items: vec::IntoIter<I>,
    /// How many have been taken, or will be if nothing stops it.
    taken: usize,
    next: usize,
}

impl<I> Queue<I> {
    pub(super) fn new(items: Vec<I>) -> Self {
        Self(Mutex::new(Left { taken: items.len(), items: items.into_iter(), next: 0 }))
    }

    fn next(&self) -> Option<(usize, I)> {
        let mut left = lock(&self.0);
        let item = left.items.next()?;
        left.next += 1;
        Some((left.next - 1, item))
    }

    /// Leaves nothing to take.
    fn close(&self) {
        let mut left = lock(&self.0);
        left.taken = left.next;
        let items = mem::take(&mut left.items);
        drop(left);
        // Outside the lock: the items are the user's to drop.
        drop(items);
    }

    /// How many results there will be.
    pub(super) fn taken(&self) -> usize {
        lock(&self.0).taken
    }

    /// What a worker does: one item after another. An error is its last, and closes the queue: the
    /// items before it have been taken by then, so that the first error of all is among those that
    /// the workers come back with.
    pub(super) fn work<V, E>(&self, each: impl Fn(I) -> Result<V, E>) -> Done<V, E> {
        let mut done = Done { values: Vec::new(), failed: None };
        while let Some((at, item)) = self.next() {
            match each(item) {
                Ok(value) => done.values.push((at, value)),
                Err(error) => {
                    self.close();
                    done.failed = Some((at, error));
                    break;
                }
            }
        }
        done
    }
}

/// Closes the queue when nobody waits for the results any more: the workers stop at their next
/// item, and those that no worker has taken are dropped there and then.
pub(super) struct Closing<I>(pub(super) Arc<Queue<I>>);

impl<I> Drop for Closing<I> {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// What a worker comes back with.
pub(super) struct Done<V, E> {
    values: Vec<(usize, V)>,
    failed: Option<(usize, E)>,
}

pub(super) struct Results<V, E> {
    values: InOrder<V>,
    failed: Option<(usize, E)>,
    /// How many have come.
    pub(super) count: usize,
}

impl<V, E> Results<V, E> {
    pub(super) fn new(all: usize) -> Self {
        Self { values: InOrder::new(all), failed: None, count: 0 }
    }

    pub(super) fn add(&mut self, done: Done<V, E>) {
        self.count += done.values.len() + usize::from(done.failed.is_some());
        for (at, value) in done.values {
            self.values.put(at, value);
        }
        let is_earlier = |(at, _): &(usize, E)| self.failed.as_ref().is_none_or(|(to, _)| at < to);
        if let Some(failed) = done.failed.filter(is_earlier) {
            self.failed = Some(failed);
        }
    }

    pub(super) fn in_order(mut self) -> Result<Vec<V>, E> {
        match self.failed {
            Some((_, error)) => Err(error),
            None => Ok(self.values.take()),
        }
    }
}
