//! What travels from stage to stage: a value, or the sync work that will make it.
//!
//! Neighbouring sync stages fuse because a sync stage does nothing but put itself behind the work
//! before it, and whoever needs its value runs all of it in one hop. How far it reaches is in its
//! type: `Fused<Fused<Settled, A>, B>` is two stages and one hop.

use std::convert::identity;
use std::future::{self, Future};
use std::marker::PhantomData;
use std::sync::Arc;

use futures::future::TryFutureExt;

use super::failed::Within;
use super::outcome::Outcome;
use super::site::Site;
use crate::callable::signature::Apply;
use crate::{run_sync, trace};

/// How far the flow between two stages reaches: what the next sync stage has to know.
pub trait Reach {
    /// Whether there is work to be done, which costs a hop.
    const WAITING: bool;
}

/// The value is there.
pub struct There;

/// Work is waiting to be done.
pub struct Waiting;

impl Reach for There {
    const WAITING: bool = false;
}

impl Reach for Waiting {
    const WAITING: bool = true;
}

/// The state of a pipeline between two stages. Its error has left the pipeline by then: a settled
/// flow holds a value.
pub trait Flow: Send + 'static {
    /// What the next stage gets.
    type Value: Send + 'static;
    /// What the `?` stages stop with.
    type Error: Send + 'static;

    /// How many stages are work that is waiting.
    const STAGES: usize;

    /// Does the work, if there is any, here and now. The plan calls its stages `texts`.
    fn run(self, texts: &'static [&'static str]) -> Result<Self::Value, Within<Self::Error>>;

    /// Does the work, if there is any, on the blocking pool, for the stage at `site`; and calls
    /// `last` with the value where the work was done.
    fn settle_with<V, F>(
        self,
        last: F,
        site: Site,
    ) -> impl Future<Output = Result<V, Self::Error>> + Send + 'static
    where
        V: Send + 'static,
        F: FnOnce(Self::Value) -> V + Send + 'static;

    /// As [`settle_with`](Self::settle_with), for the value as it is.
    fn settle(
        self,
        site: Site,
    ) -> impl Future<Output = Result<Self::Value, Self::Error>> + Send + 'static
    where
        Self: Sized,
    {
        self.settle_with(identity, site)
    }
}

/// A value that is there.
pub struct Settled<T, E> {
    pub(super) value: T,
    error: PhantomData<fn() -> E>,
}

impl<T, E> Settled<T, E> {
    pub(super) fn new(value: T) -> Self {
        Self { value, error: PhantomData }
    }
}

impl<T: Send + 'static, E: Send + 'static> Flow for Settled<T, E> {
    type Value = T;
    type Error = E;

    const STAGES: usize = 0;

    fn run(self, _: &'static [&'static str]) -> Result<T, Within<E>> {
        Ok(self.value)
    }

    fn settle_with<V, F>(
        self,
        last: F,
        _: Site,
    ) -> impl Future<Output = Result<V, E>> + Send + 'static
    where
        V: Send + 'static,
        F: FnOnce(T) -> V + Send + 'static,
    {
        future::ready(Ok(last(self.value)))
    }
}

/// Sync work, with one more sync stage behind it.
pub struct Fused<B, F, M, O> {
    pub(super) before: B,
    pub(super) stage: Arc<F>,
    pub(super) markers: PhantomData<fn() -> (M, O)>,
}

impl<B, F, M, O> Flow for Fused<B, F, M, O>
where
    B: Flow,
    F: Apply<B::Value, M> + Send + Sync + 'static,
    O: Outcome<F::Returns, B::Error>,
    M: 'static,
{
    type Value = O::Value;
    type Error = B::Error;

    const STAGES: usize = B::STAGES + 1;

    fn run(self, texts: &'static [&'static str]) -> Result<O::Value, Within<B::Error>> {
        let index = B::STAGES;
        let value = self.before.run(texts)?;
        let text = texts.get(index).copied().unwrap_or_default();
        let returned = trace::watch(text, || self.stage.apply(value));
        O::judge(returned).map_err(|error| Within { error, index })
    }

    fn settle_with<V, L>(
        self,
        last: L,
        site: Site,
    ) -> impl Future<Output = Result<V, B::Error>> + Send + 'static
    where
        V: Send + 'static,
        L: FnOnce(O::Value) -> V + Send + 'static,
    {
        let (first, texts) = site.before(Self::STAGES);
        let hop = run_sync(move || self.run(texts).map(last)).named(site.hop);
        hop.map_err(move |within| within.note(first))
    }
}
