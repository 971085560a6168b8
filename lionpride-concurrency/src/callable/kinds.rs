//! The callables that `callable!` makes, one a colour.

use std::future::{self, Future};
use std::marker::PhantomData;
use std::sync::Arc;

use super::Callable;
use super::signature::{Apply, Signature};
use crate::pipeline::flow::{Flow, Given, Passing};
use crate::pipeline::seams::Seams;
use crate::pipeline::site::Site;
use crate::{Dispatcher, Job, Route, RunSync, run_sync};

macro_rules! kind {
    ($(#[$doc:meta])* $Kind:ident) => {
        $(#[$doc])*
        pub struct $Kind<F, M> {
            pub(crate) function: Arc<F>,
            marker: PhantomData<fn() -> M>,
        }

        impl<F, M> $Kind<F, M> {
            pub(crate) fn new(function: F) -> Self {
                Self { function: Arc::new(function), marker: PhantomData }
            }
        }

        /// Not derived, which would ask for `F: Clone`.
        impl<F, M> Clone for $Kind<F, M> {
            fn clone(&self) -> Self {
                Self { function: Arc::clone(&self.function), marker: PhantomData }
            }
        }

        impl<F, M> std::fmt::Debug for $Kind<F, M> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($Kind))
            }
        }
    };
}

kind! {
    /// A sync function: each call is a hop.
    Blocking
}

kind! {
    /// A sync function that is cheap: called in place.
    Inline
}

kind! {
    /// A function that returns a future: awaited in place.
    Awaited
}

/// A sync function whose future hops by itself, as a [`RunSync`](crate::RunSync) does that says
/// where or how it runs: awaited as it is.
#[derive(Clone, Debug)]
pub struct Placed<C>(pub(crate) C);

/// A sync function, each call of which hops to the dispatcher `D`. An [`Awaited`] one returns a
/// [`RunSync`], which is put there instead of where it would run.
#[derive(Clone, Debug)]
pub struct Put<C, D> {
    pub(super) function: C,
    pub(super) dispatcher: D,
}

/// A callable as it is.
#[derive(Clone, Debug)]
pub struct Nested<C>(pub(crate) C);

impl<F, M, In> Callable<In> for Blocking<F, M>
where
    F: Apply<In, M> + Send + Sync + 'static,
    F::Returns: Send + 'static,
    M: 'static,
    In: Send + 'static,
{
    type Output = F::Returns;

    fn is_async(&self) -> bool {
        false
    }

    fn call(&self, input: In) -> impl Future<Output = F::Returns> + Send + 'static {
        F::hop(Arc::clone(&self.function), input, None)
    }

    fn call_named(
        &self,
        input: In,
        name: &'static str,
    ) -> impl Future<Output = F::Returns> + Send + 'static {
        F::hop(Arc::clone(&self.function), input, Some(name))
    }

    fn seams(&self) -> Seams {
        Seams::SYNC
    }

    fn pass(&self, input: Given<In>, site: Site) -> Passing<F::Returns> {
        let function = Arc::clone(&self.function);
        let work = move || input.run(&[], 0).map(|value| site.watch(|| function.apply(value)));
        Box::pin(future::ready(Ok(Given::work(None, work))))
    }
}

impl<F, M, In> Callable<In> for Inline<F, M>
where
    F: Apply<In, M> + Send + Sync + 'static,
    F::Returns: Send + 'static,
    M: 'static,
    In: Send + 'static,
{
    type Output = F::Returns;

    fn is_async(&self) -> bool {
        false
    }

    fn hops(&self) -> usize {
        0
    }

    fn call(&self, input: In) -> impl Future<Output = F::Returns> + Send + 'static {
        let function = Arc::clone(&self.function);
        async move { function.apply(input) }
    }

    fn seams(&self) -> Seams {
        Seams::INLINE
    }

    fn pass(&self, input: Given<In>, site: Site) -> Passing<F::Returns> {
        let function = Arc::clone(&self.function);
        Box::pin(async move { input.then(move |value| Ok(site.watch(|| function.apply(value)))) })
    }
}

impl<F, M, In> Callable<In> for Awaited<F, M>
where
    F: Apply<In, M> + Send + Sync + 'static,
    F::Returns: Future + Send + 'static,
    M: 'static,
{
    type Output = <F::Returns as Future>::Output;

    fn is_async(&self) -> bool {
        true
    }

    fn call(&self, input: In) -> impl Future<Output = Self::Output> + Send + 'static {
        self.function.apply(input)
    }
}

impl<F, M, In, D> Callable<In> for Put<Blocking<F, M>, D>
where
    F: Apply<In, M> + Send + Sync + 'static,
    F::Returns: Send + 'static,
    M: 'static,
    In: Send + 'static,
    D: Dispatcher,
{
    type Output = F::Returns;

    fn is_async(&self) -> bool {
        false
    }

    fn call(&self, input: In) -> impl Future<Output = F::Returns> + Send + 'static {
        let function = Arc::clone(&self.function.function);
        run_sync(move || function.apply(input)).on(&self.dispatcher)
    }

    fn call_named(
        &self,
        input: In,
        name: &'static str,
    ) -> impl Future<Output = F::Returns> + Send + 'static {
        let function = Arc::clone(&self.function.function);
        run_sync(move || function.apply(input)).named(name).on(&self.dispatcher)
    }
}

/// As `f(input).on(&dispatcher)`: the call keeps its name, and what else was added to it.
impl<F, M, In, D, J, R> Callable<In> for Put<Awaited<F, M>, D>
where
    F: Apply<In, M> + Signature<In, M, Returns = RunSync<J, R>> + Send + Sync + 'static,
    M: 'static,
    D: Dispatcher,
    J: Job,
    R: Route,
{
    type Output = J::Output;

    fn is_async(&self) -> bool {
        false
    }

    fn call(&self, input: In) -> impl Future<Output = J::Output> + Send + 'static {
        self.function.function.apply(input).on(&self.dispatcher)
    }
}

impl<C: Callable<In>, In> Callable<In> for Placed<C> {
    type Output = C::Output;

    fn is_async(&self) -> bool {
        false
    }

    fn call(&self, input: In) -> impl Future<Output = C::Output> + Send + 'static {
        self.0.call(input)
    }
}

impl<C: Callable<In>, In> Callable<In> for Nested<C> {
    type Output = C::Output;

    fn is_async(&self) -> bool {
        self.0.is_async()
    }

    fn hops(&self) -> usize {
        self.0.hops()
    }

    fn call(&self, input: In) -> impl Future<Output = C::Output> + Send + 'static {
        self.0.call(input)
    }

    fn call_named(
        &self,
        input: In,
        name: &'static str,
    ) -> impl Future<Output = C::Output> + Send + 'static {
        self.0.call_named(input, name)
    }

    fn seams(&self) -> Seams {
        self.0.seams()
    }

    fn pass(&self, input: Given<In>, site: Site) -> Passing<C::Output>
    where
        In: Send + 'static,
    {
        self.0.pass(input, site)
    }
}

/// `Arc::clone`, which no trait of the user's can be meant by.
#[must_use]
pub fn share<T>(shared: &Arc<T>) -> Arc<T> {
    Arc::clone(shared)
}
