//! How each kind of stage takes a pipeline one step further.

use std::future::{self, Future};
use std::marker::PhantomData;
use std::sync::Arc;

use super::flow::{Flow, Fused, Reach, Settled, There, Waiting};
use super::outcome::Outcome;
use super::plan::Colour;
use super::site::Site;
use crate::Callable;
use crate::callable::signature::Apply;
use crate::callable::{Awaited, Blocking, Inline, Nested};

/// What is known before anything runs of a stage that takes a `T`.
pub trait Stage<T> {
    /// What it returns, once awaited.
    type Returned;
    /// How far the flow reaches behind this stage.
    type Leaves<R: Reach>: Reach;

    /// What the plan calls it.
    fn colour(&self) -> Colour;

    /// How many hops the stage makes by itself, beside those of fused work.
    fn own_hops(&self) -> usize {
        0
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
    ) -> impl Future<Output = Result<Self::Next, B::Error>> + Send;
}

impl<F: Apply<T, M>, M, T> Stage<T> for Blocking<F, M> {
    type Returned = F::Returns;
    type Leaves<R: Reach> = Waiting;

    fn colour(&self) -> Colour {
        Colour::Sync
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

    fn step(
        &self,
        before: B,
        _: &Site,
    ) -> impl Future<Output = Result<Self::Next, B::Error>> + Send {
        future::ready(Ok(fuse(before, &self.function)))
    }
}

impl<F: Apply<T, M>, M, T> Stage<T> for Inline<F, M> {
    type Returned = F::Returns;
    type Leaves<R: Reach> = R;

    fn colour(&self) -> Colour {
        Colour::Inline
    }
}

/// A cheap stage is called here if the value is here ..
impl<T, E, F, M, O> Step<Settled<T, E>, O> for Inline<F, M>
where
    T: Send + 'static,
    E: Send + 'static,
    F: Apply<T, M> + Send + Sync + 'static,
    O: Outcome<F::Returns, E>,
    M: 'static,
{
    type Next = Settled<O::Value, E>;

    fn step(
        &self,
        before: Settled<T, E>,
        site: &Site,
    ) -> impl Future<Output = Result<Self::Next, E>> + Send {
        let returned = site.watch(|| self.function.apply(before.value));
        future::ready(site.noted(O::judge(returned)).map(Settled::new))
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
    ) -> impl Future<Output = Result<Self::Next, <Fused<B, G, N, P> as Flow>::Error>> + Send {
        future::ready(Ok(fuse(before, &self.function)))
    }
}

impl<F: Apply<T, M>, M, T> Stage<T> for Awaited<F, M>
where
    F::Returns: Future,
{
    type Returned = <F::Returns as Future>::Output;
    type Leaves<R: Reach> = There;

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
    type Next = Settled<O::Value, B::Error>;

    async fn step(&self, before: B, site: &Site) -> Result<Self::Next, B::Error> {
        let value = before.settle(*site).await?;
        let returned = site.watched(site.watch(|| self.function.apply(value))).await;
        site.noted(O::judge(returned)).map(Settled::new)
    }
}

impl<C: Callable<T>, T> Stage<T> for Nested<C> {
    type Returned = C::Output;
    type Leaves<R: Reach> = There;

    fn colour(&self) -> Colour {
        if self.0.is_async() { Colour::Async } else { Colour::Sync }
    }

    fn own_hops(&self) -> usize {
        self.0.hops()
    }
}

/// A callable does as an async stage does.
impl<B, C, O> Step<B, O> for Nested<C>
where
    B: Flow,
    C: Callable<B::Value>,
    O: Outcome<C::Output, B::Error>,
{
    type Next = Settled<O::Value, B::Error>;

    async fn step(&self, before: B, site: &Site) -> Result<Self::Next, B::Error> {
        let value = before.settle(*site).await?;
        let returned = site.watched(self.0.call_named(value, site.text())).await;
        site.noted(O::judge(returned)).map(Settled::new)
    }
}

fn fuse<B, F, M, O>(before: B, stage: &Arc<F>) -> Fused<B, F, M, O> {
    Fused { before, stage: Arc::clone(stage), markers: PhantomData }
}
