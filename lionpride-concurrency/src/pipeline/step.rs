//! How each kind of stage takes a pipeline one step further.

use std::future::{self, Future};
use std::marker::PhantomData;
use std::sync::Arc;

use futures::future::{Either, FutureExt, TryFutureExt};

use super::flow::{Closed, Done, Flow, Fused, Given, Stop};
use super::outcome::Outcome;
use super::plan::Colour;
use super::seams::Seams;
use super::site::Site;
use crate::Callable;
use crate::callable::signature::Apply;
use crate::callable::{Awaited, Blocking, Inline, Nested};

/// What is known before anything runs of a stage that takes a `T`.
pub trait Stage<T> {
    /// What it returns, once awaited.
    type Returned;

    /// What the plan calls it.
    fn colour(&self) -> Colour;

    /// How many hops the stage makes by itself, if no work waits before it.
    fn hops(&self) -> usize {
        0
    }

    /// How many of them it makes as the function of an `each(limit, ..)`.
    fn hops_of_each(&self, _limit: usize) -> usize {
        self.hops()
    }

    /// What it does with the work around it.
    fn seams(&self) -> Seams {
        Seams::CLOSED
    }
}

/// A stage behind the flow `B`. The marker `O` says whether it is written `f` or `f?`.
pub trait Step<B: Flow, O> {
    /// The flow behind this stage.
    type Next: Flow<Error = B::Error>;

    /// Takes the flow through this stage, which is at `site`.
    fn step(
        &self,
        before: B,
        site: &Site,
    ) -> impl Future<Output = Done<Self::Next, B::Error>> + Send;
}

impl<F: Apply<T, M>, M, T> Stage<T> for Blocking<F, M> {
    type Returned = F::Returns;

    fn colour(&self) -> Colour {
        Colour::Sync
    }

    fn hops(&self) -> usize {
        1
    }

    fn hops_of_each(&self, limit: usize) -> usize {
        limit
    }

    fn seams(&self) -> Seams {
        Seams::SYNC
    }
}

/// A sync stage joins the work before it.
impl<B, F, M, O> Step<B, O> for Blocking<F, M>
where
    B: Flow,
    F: Apply<B::Value, M> + Send + Sync + 'static,
    O: Outcome<F::Returns, B::Error>,
    M: 'static,
{
    type Next = Fused<B, F, M, O>;

    fn step(&self, before: B, _: &Site) -> impl Future<Output = Done<Self::Next, B::Error>> + Send {
        future::ready(Ok(fuse(before, &self.function)))
    }
}

impl<F: Apply<T, M>, M, T> Stage<T> for Inline<F, M> {
    type Returned = F::Returns;

    fn colour(&self) -> Colour {
        Colour::Inline
    }

    fn seams(&self) -> Seams {
        Seams::INLINE
    }
}

/// A cheap stage is called here if the value is here ..
impl<T, E, F, M, O> Step<Given<T, E>, O> for Inline<F, M>
where
    T: Send + 'static,
    E: Send + 'static,
    F: Apply<T, M> + Send + Sync + 'static,
    O: Outcome<F::Returns, E>,
    M: 'static,
{
    type Next = Given<O::Value, E>;

    fn step(
        &self,
        before: Given<T, E>,
        site: &Site,
    ) -> impl Future<Output = Done<Self::Next, E>> + Send {
        let (site, function) = (*site, Arc::clone(&self.function));
        let next = move |value| site.judge::<O, _, _>(site.watch(|| function.apply(value)));
        future::ready(before.then(next))
    }
}

/// .. and otherwise goes along with the work that will make it.
impl<B, G, N, P, F, M, O> Step<Fused<B, G, N, P>, O> for Inline<F, M>
where
    Fused<B, G, N, P>: Flow,
    F: Apply<<Fused<B, G, N, P> as Flow>::Value, M> + Send + Sync + 'static,
    O: Outcome<F::Returns, <Fused<B, G, N, P> as Flow>::Error>,
    M: 'static,
{
    type Next = Fused<Fused<B, G, N, P>, F, M, O>;

    fn step(
        &self,
        before: Fused<B, G, N, P>,
        _: &Site,
    ) -> impl Future<Output = Done<Self::Next, <Fused<B, G, N, P> as Flow>::Error>> + Send {
        future::ready(Ok(fuse(before, &self.function)))
    }
}

impl<F: Apply<T, M>, M, T> Stage<T> for Awaited<F, M>
where
    F::Returns: Future,
{
    type Returned = <F::Returns as Future>::Output;

    fn colour(&self) -> Colour {
        Colour::Async
    }
}

/// An async stage settles the work before it and awaits its own future.
impl<B, F, M, O> Step<B, O> for Awaited<F, M>
where
    B: Flow,
    F: Apply<B::Value, M> + Send + Sync + 'static,
    F::Returns: Future + Send,
    O: Outcome<<F::Returns as Future>::Output, B::Error>,
    M: 'static,
{
    type Next = Given<O::Value, B::Error>;

    fn step(
        &self,
        before: B,
        site: &Site,
    ) -> impl Future<Output = Done<Self::Next, B::Error>> + Send {
        let (site, function) = (*site, &self.function);
        before.settle(site).and_then(move |value| {
            let returned = site.watched(site.watch(|| function.apply(value)));
            returned.map(move |it| site.judge::<O, _, _>(it).map(Given::Value))
        })
    }
}

impl<C: Callable<T>, T> Stage<T> for Nested<C> {
    type Returned = C::Output;

    fn colour(&self) -> Colour {
        if self.0.is_async() { Colour::Async } else { Colour::Sync }
    }

    fn hops(&self) -> usize {
        self.0.hops()
    }

    fn seams(&self) -> Seams {
        self.0.seams()
    }
}

/// A callable gets the work before it, if it takes any, and may leave some.
impl<B, C, O> Step<B, O> for Nested<C>
where
    B: Flow,
    C: Callable<B::Value>,
    O: Outcome<C::Output, B::Error>,
{
    type Next = Given<O::Value, B::Error>;

    fn step(
        &self,
        before: B,
        site: &Site,
    ) -> impl Future<Output = Done<Self::Next, B::Error>> + Send {
        let (site, callable, seams) = (*site, &self.0, self.0.seams());
        let judge = move |it| site.judge::<O, _, _>(it);
        if seams == Seams::CLOSED {
            return Either::Left(before.settle(site).and_then(move |value| {
                let returned = site.watched(callable.call_named(value, site.text()));
                returned.map(move |it| judge(it).map(Given::Value))
            }));
        }
        Either::Right(Box::pin(async move {
            let hop = before.hop();
            let input = if seams.joins {
                before.give(site)
            } else {
                Given::Value(before.settle(site).await?)
            };
            let passed = site.watched(Closed::new(callable.pass(input, site))).await;
            let given = passed.map_err(Stop::around)?;
            given.elsewhere(Stop::around).with_hop(hop).then(judge)
        }))
    }
}

fn fuse<B, F, M, O>(before: B, stage: &Arc<F>) -> Fused<B, F, M, O> {
    Fused { before, stage: Arc::clone(stage), markers: PhantomData }
}
