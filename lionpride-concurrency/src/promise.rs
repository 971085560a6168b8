//! What stands in a dispatched trait for the compiler alone: none of it ever runs.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Has the type of a result: an `async` block that could return it has it as well.
#[must_use]
pub fn promised<T>() -> T {
    unreachable!("a promised result is asked for in code that never runs")
}

/// Takes the place of a body's future where its function has a mistake, and asks nothing of it.
#[must_use]
pub fn mistaken<F: Future>(_: F) -> Mistaken<F::Output> {
    Mistaken(PhantomData)
}

/// The future of a function that does not compile.
#[derive(Debug)]
pub struct Mistaken<T>(PhantomData<fn() -> T>);

impl<T> Future for Mistaken<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<T> {
        unreachable!("a function with a mistake does not compile")
    }
}
