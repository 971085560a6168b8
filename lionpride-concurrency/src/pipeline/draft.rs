//! A pipeline while `pipeline!` writes it, and the glue between its stages.

use std::convert::Infallible;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use super::Pipeline;
use super::flow::{Flow, Settled};
use super::plan::Plan;
use super::step::Step;
use crate::callable::colour::Probe;
use crate::callable::signature::Signature;

/// The stages so far: which input they take, and as `B` the flow behind them. It types the next
/// stage, closures included, before its colour is asked for.
pub struct Draft<In, B> {
    plan: Plan,
    types: PhantomData<fn(In) -> B>,
}

/// Begins a pipeline without a `?`.
#[must_use]
pub fn infallible<In>() -> Draft<In, Settled<In, Infallible>> {
    fallible()
}

/// Begins a pipeline whose `?` stages have the error `E`.
#[must_use]
pub fn fallible<In, E>() -> Draft<In, Settled<In, E>> {
    Draft { plan: Plan::default(), types: PhantomData }
}

impl<In, B: Flow> Draft<In, B> {
    /// Types the argument of a closure.
    pub fn hint<F: Fn(B::Value) -> R, R>(&self, closure: F) -> F {
        closure
    }

    /// Types the argument of an async closure.
    pub fn hint_async<F: AsyncFn(B::Value) -> R, R>(&self, closure: F) -> F {
        closure
    }

    /// Asks for the colour of the next stage.
    pub fn probe<F: Signature<B::Value, M>, M>(&self, _: &F) -> Probe<F, B::Value, M> {
        Probe::new()
    }

    /// Adds a stage, and what the plan calls it.
    #[must_use]
    pub fn stage<S, O>(mut self, stage: &S, _: O, text: &'static str) -> Draft<In, S::Next>
    where
        S: Step<B, O>,
    {
        let open = (B::OPEN, S::Next::OPEN);
        self.plan.add(text, stage.colour(), open, stage.own_hops());
        Draft { plan: self.plan, types: PhantomData }
    }

    /// Ends the pipeline: `run` takes an input through the stages.
    pub fn finish<R, Fut>(
        self,
        run: R,
    ) -> Pipeline<In, impl Fn(In) -> Fut + Send + Sync + 'static + use<In, B, R, Fut>>
    where
        In: Send + 'static,
        R: Fn(Settled<In, B::Error>) -> Fut + Send + Sync + 'static,
        Fut: Future + Send + 'static,
    {
        Pipeline {
            run: Arc::new(move |input| run(Settled::new(input))),
            plan: Arc::new(self.plan),
            input: PhantomData,
        }
    }
}

/// Takes a flow through one stage.
///
/// # Errors
///
/// That of a `?` stage, which ends the pipeline.
pub async fn step<S, B, O>(stage: &S, before: B, _: O) -> Result<S::Next, B::Error>
where
    S: Step<B, O>,
    B: Flow,
{
    stage.step(before).await
}

/// Does the work that is left at the end.
///
/// # Errors
///
/// Those of the `?` stages in it.
pub async fn settle<B: Flow>(last: B) -> Result<B::Value, B::Error> {
    last.settle().await
}

/// The result of a stage in a pipeline that has no errors.
pub fn always<T>(result: Result<T, Infallible>) -> T {
    match result {
        Ok(value) => value,
        Err(never) => match never {},
    }
}
