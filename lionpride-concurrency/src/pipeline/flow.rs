//! What travels from stage to stage: a value, or the sync work that will make it.
//!
//! Neighbouring sync stages fuse because a sync stage does nothing but put itself behind the work
//! before it. The work is a [`Job`], and whoever needs its value runs all of it in one hop. How far
//! it reaches is in its type: `Fused<Fused<Settled, A>, B>` is two stages and one hop.

use std::future::{self, Future};
use std::marker::PhantomData;
use std::sync::Arc;

use super::outcome::Outcome;
use crate::callable::signature::Apply;
use crate::run_sync::Work;
use crate::{Job, run_sync};

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
pub trait Flow: Job<Output = Result<Self::Value, Self::Error>> {
    /// What the next stage gets.
    type Value: Send + 'static;
    /// What the `?` stages stop with.
    type Error: Send + 'static;

    /// Does the work, if there is any, on the blocking pool.
    fn settle(self) -> impl Future<Output = Result<Self::Value, Self::Error>> + Send + 'static;
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

#[diagnostic::do_not_recommend]
impl<T: Send + 'static, E: Send + 'static> Work for Settled<T, E> {
    type Output = Result<T, E>;

    fn run(self) -> Result<T, E> {
        Ok(self.value)
    }
}

impl<T: Send + 'static, E: Send + 'static> Flow for Settled<T, E> {
    type Value = T;
    type Error = E;

    fn settle(self) -> impl Future<Output = Result<T, E>> + Send + 'static {
        future::ready(Ok(self.value))
    }
}

/// Sync work, with one more sync stage behind it.
pub struct Fused<B, F, M, O> {
    pub(super) before: B,
    pub(super) stage: Arc<F>,
    pub(super) markers: PhantomData<fn() -> (M, O)>,
}

#[diagnostic::do_not_recommend]
impl<B, F, M, O> Work for Fused<B, F, M, O>
where
    B: Flow,
    F: Apply<B::Value, M> + Send + Sync + 'static,
    O: Outcome<F::Returns, B::Error>,
    M: 'static,
{
    type Output = Result<O::Value, B::Error>;

    fn run(self) -> Self::Output {
        O::judge(self.stage.apply(self.before.run()?))
    }
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

    fn settle(self) -> impl Future<Output = Self::Output> + Send + 'static {
        run_sync(self)
    }
}
