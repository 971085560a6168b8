//! The colour of a function, found at compile time.
//!
//! On stable Rust no bound says "is *not* a future". Method lookup can still tell: it takes the
//! first implementation that fits while it strips one reference after another off the receiver.
//! `(&&&&&&&&probe(&f)).__colour()` therefore tries, in this order: is a callable, returns a plain
//! [`RunSync`], returns any [`RunSync`], returns a future, returns a value, returns one that cannot
//! be sent to another thread. The technique is known as autoref specialisation.
//!
//! The very first to be tried is [`Never`]. Nothing is one, but where the compiler does not know
//! what `f` returns, it takes the first. The answer is then of that unknown type, and the next call
//! on it makes the compiler ask for it, or give up in silence where it has said already that `f`
//! cannot be called with the input: one mistake gives one error.

#![allow(clippy::unused_self, reason = "the macros call methods: a method finds its type itself")]
#![allow(missing_docs, reason = "the trait `Via..` asks, the method `__colour` answers")]

use std::future::Future;
use std::marker::PhantomData;

use super::signature::{KnowsItself, Ready, Signature, Unhopped};
use super::{Awaited, Blocking, Callable, Inline, Nested, Placed, Put};
use crate::crossing::Never;
use crate::{Job, Route, RunSync};

/// The question: which colour has a function that is called with an `In` and returns an `R`?
#[derive(Debug)]
pub struct Probe<In, M, R>(PhantomData<fn(In) -> M>, PhantomData<R>);

impl<In, M, R> Probe<In, M, R> {
    pub(crate) fn new() -> Self {
        Self(PhantomData, PhantomData)
    }
}

/// Asks for the colour of a function of any input.
#[must_use]
pub fn probe<F: Signature<In, M>, In, M>(_: &F) -> Probe<In, M, F::Returns> {
    Probe::new()
}

/// The answer: returns a value, so that it may block.
#[derive(Debug)]
pub struct Sync<M>(PhantomData<fn() -> M>);

/// The answer: returns a plain [`RunSync`]. It is sync, has been dispatched, and its work can share
/// the hop of its neighbours.
#[derive(Debug)]
pub struct Dispatched<M>(PhantomData<fn() -> M>);

/// The answer: returns a [`RunSync`] that is not plain. It is sync, and needs a hop of its own.
#[derive(Debug)]
pub struct Apart<M>(PhantomData<fn() -> M>);

/// The answer: returns a future.
#[derive(Debug)]
pub struct Async<M>(PhantomData<fn() -> M>);

/// The answer: is a [`Callable`], which knows its own colour.
#[derive(Debug)]
pub struct Known<In>(PhantomData<fn() -> In>);

pub trait ViaUnfit<T> {
    fn __colour(&self) -> T {
        unreachable!("{STUCK}")
    }
}

pub trait ViaCallable<In> {
    fn __colour(&self) -> Known<In> {
        Known(PhantomData)
    }
}

pub trait ViaRunSync<M> {
    fn __colour(&self) -> Dispatched<M> {
        Dispatched(PhantomData)
    }
}

pub trait ViaApart<M> {
    fn __colour(&self) -> Apart<M> {
        Apart(PhantomData)
    }
}

pub trait ViaFuture<M> {
    fn __colour(&self) -> Async<M> {
        Async(PhantomData)
    }
}

pub trait ViaValue<M> {
    fn __colour(&self) -> Sync<M> {
        Sync(PhantomData)
    }
}

pub trait ViaLocal<R> {
    fn __colour<C>(&self) -> C
    where
        R: Travels,
    {
        unreachable!("{STUCK}")
    }
}

/// What `is_async!` asks instead: it makes nothing of the function.
pub trait ViaAnything<M> {
    fn __colour(&self) -> Sync<M> {
        Sync(PhantomData)
    }
}

/// Where the input is not known either, it is the one to ask for.
impl<In: Never, M, R: Never> ViaUnfit<In> for &&&&&&&Probe<In, M, R> {}

impl<In, M, R: Never> ViaUnfit<R> for &&&&&&Probe<In, M, R> {}

impl<In> ViaCallable<In> for &&&&&Probe<In, Ready, KnowsItself> {}

impl<In, M, J: Job> ViaRunSync<M> for &&&&Probe<In, M, RunSync<J>> {}

impl<In, M, J: Job, D: Route> ViaApart<M> for &&&Probe<In, M, RunSync<J, D>> {}

impl<In, M, R: Future> ViaFuture<M> for &&Probe<In, M, R> {}

impl<In, M, R: Send> ViaValue<M> for &Probe<In, M, R> {}

impl<In, M, R> ViaLocal<R> for Probe<In, M, R> {}

impl<In, M, R> ViaAnything<M> for Probe<In, M, R> {}

/// Asked of a value that is not `Send`, to have it said: the answer's type is left open, so that it
/// is said once.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to another thread",
    label = "gives a `{Self}`, which is not `Send`",
    note = "what a function gives goes from thread to thread: an `Arc` for an `Rc`, and \
            `Box<dyn Error + Send + Sync>` for `Box<dyn Error>`"
)]
pub trait Travels {}

impl<T: Send> Travels for T {}

/// Never implemented: what `inline(..)` and `blocking(..)` ask of a function that is not sync.
#[diagnostic::on_unimplemented(
    message = "`inline(..)` and `blocking(..)` take a sync function, and this one returns a future",
    label = "returns a future",
    note = "write the function alone: it is awaited in place"
)]
pub trait ReturnsNoFuture {}

/// Never implemented: what `on(..)` asks of a function that is not sync.
#[diagnostic::on_unimplemented(
    message = "`on(..)` takes a sync function, and this one returns a future",
    label = "returns a future",
    note = "write the function alone: it is awaited in place"
)]
pub trait IsSync {}

/// Never implemented: what `on(..)` asks of a callable.
#[diagnostic::on_unimplemented(
    message = "`on(..)` takes a sync function, and this is a callable, which knows where it runs",
    label = "is a callable already",
    note = "write `on(..)` around the function that the callable was made of"
)]
pub trait IsFunction {}

impl<M> Sync<M> {
    pub fn is_async<F>(&self, _: &F) -> bool {
        false
    }

    pub fn wrap<F>(self, function: F) -> Blocking<F, M> {
        Blocking::new(function)
    }

    pub fn blocking<F>(self, function: F) -> Blocking<F, M> {
        Blocking::new(function)
    }

    pub fn inline<F>(self, function: F) -> Inline<F, M> {
        Inline::new(function)
    }

    pub fn on<D, F>(self, dispatcher: D, function: F) -> Nested<Put<Blocking<F, M>, D>> {
        Nested(Put { function: Blocking::new(function), dispatcher })
    }
}

impl<M> Dispatched<M> {
    pub fn is_async<F>(&self, _: &F) -> bool {
        false
    }

    pub fn wrap<F>(self, function: F) -> Blocking<Unhopped<F>, M> {
        Blocking::new(Unhopped(function))
    }

    pub fn blocking<F>(self, function: F) -> Blocking<Unhopped<F>, M> {
        Blocking::new(Unhopped(function))
    }

    pub fn inline<F>(self, function: F) -> Inline<Unhopped<F>, M> {
        Inline::new(Unhopped(function))
    }

    pub fn on<D, F>(self, dispatcher: D, function: F) -> Nested<Put<Awaited<F, M>, D>> {
        Nested(Put { function: Awaited::new(function), dispatcher })
    }
}

impl<M> Apart<M> {
    pub fn is_async<F>(&self, _: &F) -> bool {
        false
    }

    pub fn wrap<F>(self, function: F) -> Nested<Placed<Awaited<F, M>>> {
        Nested(Placed(Awaited::new(function)))
    }

    pub fn blocking<F>(self, function: F) -> Nested<Placed<Awaited<F, M>>> {
        Nested(Placed(Awaited::new(function)))
    }

    pub fn inline<F>(self, function: F) -> Inline<Unhopped<F>, M> {
        Inline::new(Unhopped(function))
    }

    pub fn on<D, F>(self, dispatcher: D, function: F) -> Nested<Put<Awaited<F, M>, D>> {
        Nested(Put { function: Awaited::new(function), dispatcher })
    }
}

impl<M> Async<M> {
    pub fn is_async<F>(&self, _: &F) -> bool {
        true
    }

    pub fn wrap<F>(self, function: F) -> Awaited<F, M> {
        Awaited::new(function)
    }

    pub fn blocking<F: ReturnsNoFuture>(self, function: F) -> Awaited<F, M> {
        Awaited::new(function)
    }

    pub fn inline<F: ReturnsNoFuture>(self, function: F) -> Awaited<F, M> {
        Awaited::new(function)
    }

    pub fn on<D, F: IsSync>(self, _: D, function: F) -> Awaited<F, M> {
        Awaited::new(function)
    }
}

impl<In> Known<In> {
    pub fn is_async<C: Callable<In>>(&self, callable: &C) -> bool {
        callable.is_async()
    }

    pub fn wrap<C>(self, callable: C) -> Nested<C> {
        Nested(callable)
    }

    pub fn blocking<F: ReturnsNoFuture>(self, function: F) -> Nested<F> {
        Nested(function)
    }

    pub fn inline<F: ReturnsNoFuture>(self, function: F) -> Nested<F> {
        Nested(function)
    }

    pub fn on<D, F: IsFunction>(self, _: D, function: F) -> Nested<F> {
        Nested(function)
    }
}

/// Why the answers that are none cannot be reached.
pub(crate) const STUCK: &str = "what does not fit does not compile";
