//! How a pipeline takes an input through its stages: for its caller, or for a pipeline around it.

use std::convert::Infallible;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use futures::future::{FutureExt, TryFutureExt};

use super::flow::{Done, Flow, Given, Open, Passing, Stop};
use super::site::Site;
use super::{Pipeline, failed};
use crate::callable::pass_settled;

/// What a [`Pipeline`] runs.
pub trait Run<In>: Send + Sync + Sized + 'static {
    /// What a call results in.
    type Output;

    /// Whether a pipeline around this one may give and take work: see [`pass`](Self::pass).
    const FUSES: bool = false;

    /// Takes an input through the stages. What it gives outlives any borrow of `run`.
    fn call(run: Arc<Self>, input: In) -> impl Future<Output = Self::Output> + Send + 'static;

    /// As [`Callable::pass`](crate::Callable::pass).
    fn pass(pipeline: &Pipeline<In, Self>, input: Given<In>, site: Site) -> Passing<Self::Output>
    where
        In: Send + 'static,
    {
        pass_settled(pipeline.clone(), input, site)
    }
}

/// What a call gives in the end.
pub trait Ending<T, E>: 'static {
    /// The value, or a `Result` of it.
    type Output;

    /// What comes of the last stage's value, or of an error before.
    fn output(result: Result<T, E>) -> Self::Output;
}

/// A pipeline without a `?` gives the value.
pub struct Surely;

/// A pipeline with a `?` gives a `Result`.
pub struct Perhaps;

impl<T> Ending<T, Infallible> for Surely {
    type Output = T;

    fn output(result: Result<T, Infallible>) -> T {
        match result {
            Ok(value) => value,
            Err(never) => match never {},
        }
    }
}

impl<T, E> Ending<T, E> for Perhaps {
    type Output = Result<T, E>;

    fn output(result: Result<T, E>) -> Result<T, E> {
        result
    }
}

/// The stages as `pipeline!` writes them: `run` takes a flow through all of them.
pub struct Stages<F, E, K> {
    run: F,
    /// Behind the last one.
    end: Site,
    ending: PhantomData<fn() -> (E, K)>,
}

impl<F, E, K> Stages<F, E, K> {
    pub(super) fn new(run: F, end: Site) -> Self {
        Self { run, end, ending: PhantomData }
    }
}

impl<In, F, Fut, L, E, K> Run<In> for Stages<F, E, K>
where
    In: Send + 'static,
    F: Fn(Given<In, E>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Done<L, E>> + Send + 'static,
    L: Flow<Error = E>,
    E: 'static,
    K: Ending<L::Value, E>,
{
    type Output = K::Output;

    const FUSES: bool = true;

    fn call(run: Arc<Self>, input: In) -> impl Future<Output = K::Output> + Send + 'static {
        // Combinators, as in `step.rs`: an async block would keep room for each of both futures.
        let last = (run.run)(Given::Value(input));
        last.and_then(move |last| last.settle(run.end)).map(|result| {
            match ended::<K, _, _>(result) {
                Ok(output) => output,
                Err(_) => unreachable!("no work came before"),
            }
        })
    }

    fn pass(pipeline: &Pipeline<In, Self>, input: Given<In>, _: Site) -> Passing<K::Output> {
        let run = Arc::clone(&pipeline.run);
        let last = (run.run)(input.elsewhere(Stop::within));
        Box::pin(async move {
            match last.await.map(|last| last.open(run.end)) {
                Ok(Open::Work(work)) => Ok(Given::work(None, move || ended::<K, _, _>(work()))),
                Ok(Open::Value(value)) => ended::<K, _, _>(Ok(value)).map(Given::Value),
                Err(stop) => ended::<K, _, _>(Err(stop)).map(Given::Value),
            }
        })
    }
}

/// What comes of the stages, if what came before them has let them begin.
fn ended<K, T, E>(result: Done<T, E>) -> Done<K::Output, Infallible>
where
    K: Ending<T, E>,
{
    match result {
        Ok(value) => Ok(K::output(Ok(value))),
        Err(Stop::Stage { error, index }) => {
            failed::note(index);
            Ok(K::output(Err(error)))
        }
        Err(Stop::Before(stop)) => Err(Stop::Before(stop)),
    }
}

/// A pipeline with something around each call.
pub(super) struct Wrapped<G>(pub(super) G);

impl<In, G, Fut> Run<In> for Wrapped<G>
where
    In: 'static,
    G: Fn(In) -> Fut + Send + Sync + 'static,
    Fut: Future + Send + 'static,
{
    type Output = Fut::Output;

    fn call(run: Arc<Self>, input: In) -> impl Future<Output = Fut::Output> + Send + 'static {
        (run.0)(input)
    }
}
