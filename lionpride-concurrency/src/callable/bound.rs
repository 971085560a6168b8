//! A method with its receiver: the `client` of `callable!(client.fetch(_, 3))`.
//!
//! Each call has a receiver of its own, which a method that takes `&self` borrows. Where it is async
//! its future does, so that the two have to stay together, in an async block. But that block is a
//! future whatever the method is, and hides its colour. So the colour is asked of a closure that is
//! never called, and says how the block ends: a future is awaited, a value is ready.

#![allow(clippy::unused_self, reason = "the macros call methods: a method finds its type itself")]
#![allow(missing_docs, reason = "the answers' words are those of `colour.rs`")]

use std::future::{Future, Ready, ready};
use std::marker::PhantomData;

use futures::FutureExt;

use super::colour::{Apart, Async, Dispatched, IsSync, ReturnsNoFuture, Sync};
use super::signature::{Apply, Signature};
use super::{Awaited, Blocking, Inline, Nested, Placed, Put};
use crate::{Dispatcher, Job, Route, RunSync};

/// What follows is never run. The compiler takes its type, and does not mind what is borrowed there.
pub fn never() -> ! {
    unreachable!("this closure has a type and is never called")
}

/// What a function takes: it types another one.
#[derive(Debug)]
pub struct Takes<In, M>(PhantomData<fn(In) -> M>);

#[must_use]
pub fn takes<F: Signature<In, M>, In, M>(_: &F) -> Takes<In, M> {
    Takes(PhantomData)
}

impl<In, M> Takes<In, M> {
    pub fn alike<F: Signature<In, M>>(self, function: F) -> F {
        function
    }
}

/// `Clone::clone`, which no trait of the user's can be meant by.
#[must_use]
pub fn same<T: Clone>(value: &T) -> T {
    value.clone()
}

/// An async block that ends at its first poll, around a sync method.
#[derive(Debug)]
pub struct Now<F>(F);

#[diagnostic::do_not_recommend]
impl<F, In, M> Signature<In, M> for Now<F>
where
    F: Signature<In, M>,
    F::Returns: Future,
{
    type Returns = <F::Returns as Future>::Output;
}

impl<F, In, M> Apply<In, M> for Now<F>
where
    F: Apply<In, M>,
    F::Returns: Future,
{
    fn apply(&self, input: In) -> Self::Returns {
        self.0.apply(input).now_or_never().expect("nothing is awaited around a sync method")
    }
}

/// How a call ends: with its value.
#[derive(Clone, Copy, Debug)]
pub struct Value;

/// How a call ends: it is awaited.
#[derive(Clone, Copy, Debug)]
pub struct Await;

/// How a call ends: its [`RunSync`] is run in place.
#[derive(Clone, Copy, Debug)]
pub struct Here;

/// How a call ends: its [`RunSync`] is awaited on this dispatcher.
#[derive(Clone, Debug)]
pub struct There<D>(D);

impl Value {
    pub fn end<V>(self, value: V) -> Ready<V> {
        ready(value)
    }
}

impl Await {
    pub fn end<F: Future>(self, future: F) -> F {
        future
    }
}

impl Here {
    pub fn end<J: Job, R: Route>(self, call: RunSync<J, R>) -> Ready<J::Output> {
        ready(call.run_inline())
    }
}

impl<D: Dispatcher> There<D> {
    pub fn end<J: Job, R: Route>(self, call: RunSync<J, R>) -> RunSync<J, R::On<D>> {
        call.on(&self.0)
    }
}

/// The answer for a method that returns a value.
#[derive(Debug)]
pub struct Returns<M>(PhantomData<fn() -> M>);

/// The answer for a method that returns a [`RunSync`]. It may have borrowed its receiver and keeps a
/// hop of its own.
#[derive(Debug)]
pub struct Hops<M>(PhantomData<fn() -> M>);

/// The answer for a method that returns a future.
#[derive(Debug)]
pub struct Awaits<M>(PhantomData<fn() -> M>);

impl<M> Sync<M> {
    pub fn bound(self) -> Returns<M> {
        Returns(PhantomData)
    }
}

impl<M> Dispatched<M> {
    pub fn bound(self) -> Hops<M> {
        Hops(PhantomData)
    }
}

impl<M> Apart<M> {
    pub fn bound(self) -> Hops<M> {
        Hops(PhantomData)
    }
}

impl<M> Async<M> {
    pub fn bound(self) -> Awaits<M> {
        Awaits(PhantomData)
    }
}

impl<M> Returns<M> {
    pub fn wrap<F>(self, make: impl FnOnce(Value) -> F) -> Blocking<Now<F>, M> {
        Blocking::new(Now(make(Value)))
    }

    pub fn blocking<F>(self, make: impl FnOnce(Value) -> F) -> Blocking<Now<F>, M> {
        self.wrap(make)
    }

    pub fn inline<F>(self, make: impl FnOnce(Value) -> F) -> Inline<Now<F>, M> {
        Inline::new(Now(make(Value)))
    }

    pub fn on<D, F>(
        self,
        dispatcher: D,
        make: impl FnOnce(Value) -> F,
    ) -> Nested<Put<Blocking<Now<F>, M>, D>> {
        Nested(Put { function: self.wrap(make), dispatcher })
    }
}

impl<M> Hops<M> {
    pub fn wrap<F>(self, make: impl FnOnce(Await) -> F) -> Nested<Placed<Awaited<F, M>>> {
        Nested(Placed(Awaited::new(make(Await))))
    }

    pub fn blocking<F>(self, make: impl FnOnce(Await) -> F) -> Nested<Placed<Awaited<F, M>>> {
        self.wrap(make)
    }

    pub fn inline<F>(self, make: impl FnOnce(Here) -> F) -> Inline<Now<F>, M> {
        Inline::new(Now(make(Here)))
    }

    pub fn on<D, F>(
        self,
        dispatcher: D,
        make: impl FnOnce(There<D>) -> F,
    ) -> Nested<Placed<Awaited<F, M>>> {
        Nested(Placed(Awaited::new(make(There(dispatcher)))))
    }
}

impl<M> Awaits<M> {
    pub fn wrap<F>(self, make: impl FnOnce(Await) -> F) -> Awaited<F, M> {
        Awaited::new(make(Await))
    }

    pub fn blocking<F: ReturnsNoFuture>(self, make: impl FnOnce(Await) -> F) -> Awaited<F, M> {
        self.wrap(make)
    }

    pub fn inline<F: ReturnsNoFuture>(self, make: impl FnOnce(Await) -> F) -> Awaited<F, M> {
        self.wrap(make)
    }

    pub fn on<D, F: IsSync>(self, _: D, make: impl FnOnce(Await) -> F) -> Awaited<F, M> {
        self.wrap(make)
    }
}
