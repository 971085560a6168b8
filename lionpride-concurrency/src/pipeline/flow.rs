//! What travels from stage to stage: a value, or the sync work that will make it.
//!
//! Neighbouring sync stages fuse because a sync stage does nothing but put itself behind the work
//! before it, and whoever needs its value runs all of it in one hop. How far it reaches is in its
//! type: `Fused<Fused<Given, A>, B>` is two stages and one hop. Only a stage that is a callable of
//! its own, such as a pipeline, gets and leaves work whose type is out of sight: a [`Given`].

use std::any::Any;
use std::convert::{Infallible, identity};
use std::future::{self, Future};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures::future::{BoxFuture, Either};

use super::outcome::Outcome;
use super::site::Site;
use crate::callable::signature::Apply;
use crate::{run_sync, trace};

/// Why a pipeline ends before its last stage.
#[derive(Debug)]
pub enum Stop<E> {
    /// The `?` stage at `index` has this error.
    Stage { error: E, index: usize },
    /// The work that came from a pipeline around this one has ended with this [`Stop`]. What its
    /// error is only the other one knows.
    Before(Closed<Box<dyn Any + Send>>),
}

/// What comes of a stage, if nothing stops the pipeline.
pub(crate) type Done<T, E> = Result<T, Stop<E>>;

impl Stop<Infallible> {
    /// As the pipeline sees it that the work has been given to.
    pub(super) fn within<E>(self) -> Stop<E> {
        match self {
            Self::Stage { error, .. } => match error {},
            Self::Before(stop) => Stop::Before(stop),
        }
    }

    /// As the pipeline with the error `E` sees it that has given the work.
    pub(super) fn around<E: 'static>(self) -> Stop<E> {
        match self {
            Self::Stage { error, .. } => match error {},
            Self::Before(stop) => *stop.open().downcast().expect("it is this pipeline's"),
        }
    }
}

/// The state of a pipeline between two stages. Its error has left the pipeline by then.
pub trait Flow: Send + Sized + 'static {
    /// What the next stage gets.
    type Value: Send + 'static;
    /// What the `?` stages stop with.
    type Error: Send + 'static;

    /// Does the work, if there is any, here and now. The next stage is at `end` of `texts`.
    fn run(self, texts: &'static [&'static str], end: usize) -> Done<Self::Value, Self::Error>;

    /// The value or the work, for the stage at `site`.
    fn open(
        self,
        site: Site,
    ) -> Open<Self::Value, impl FnOnce() -> Done<Self::Value, Self::Error> + Send + 'static>;

    /// What the hop is called, if its work comes from a pipeline around this one.
    fn hop(&self) -> Option<&'static str>;

    /// Does the work, if there is any, on the blocking pool, for the stage at `site`; and calls
    /// `last` with the value where the work was done.
    fn settle_with<V, F>(
        self,
        last: F,
        site: Site,
    ) -> impl Future<Output = Done<V, Self::Error>> + Send + 'static
    where
        V: Send + 'static,
        F: FnOnce(Self::Value) -> V + Send + 'static,
    {
        let hop = self.hop().unwrap_or(site.hop);
        match self.open(site) {
            Open::Value(value) => Either::Left(future::ready(Ok(last(value)))),
            Open::Work(work) => Either::Right(run_sync(move || work().map(last)).named(hop)),
        }
    }

    /// As [`settle_with`](Self::settle_with), for the value as it is.
    fn settle(
        self,
        site: Site,
    ) -> impl Future<Output = Done<Self::Value, Self::Error>> + Send + 'static {
        self.settle_with(identity, site)
    }

    /// The value or the work, whatever its type, for the stage at `site`.
    fn boxed(self, site: Site) -> Given<Self::Value, Self::Error> {
        let hop = self.hop();
        match self.open(site) {
            Open::Value(value) => Given::Value(value),
            Open::Work(work) => Given::work(hop, work),
        }
    }

    /// Gives the value or the work to the stage at `site`, which is a callable of its own.
    fn give(self, site: Site) -> Given<Self::Value> {
        let hop = self.hop().unwrap_or(site.hop_with);
        match self.open(site) {
            Open::Value(value) => Given::Value(value),
            Open::Work(work) => Given::work(Some(hop), move || {
                work().map_err(|stop| Stop::Before(Closed::new(Box::new(stop))))
            }),
        }
    }
}

/// A [`Flow`], opened.
pub enum Open<T, W> {
    Value(T),
    Work(W),
}

/// A value; or work, whatever it is. It is what callables give to each other, and what is between
/// two stages of a pipeline where no sync stage has left work.
pub enum Given<T, E = Infallible> {
    /// The value is there.
    Value(T),
    /// It is still to be made.
    Work(Work<T, E>),
}

/// Work that makes a `T`.
pub struct Work<T, E> {
    run: Closed<Box<dyn FnOnce() -> Done<T, E> + Send>>,
    hop: Option<&'static str>,
}

impl<T, E> Given<T, E> {
    pub(crate) fn work(
        hop: Option<&'static str>,
        run: impl FnOnce() -> Done<T, E> + Send + 'static,
    ) -> Self {
        Self::Work(Work { run: Closed::new(Box::new(run)), hop })
    }

    /// Calls `next` with the value: here if it is here, and otherwise where it will be.
    pub(crate) fn then<V>(
        self,
        next: impl FnOnce(T) -> Done<V, E> + Send + 'static,
    ) -> Done<Given<V, E>, E>
    where
        T: 'static,
        E: 'static,
    {
        match self {
            Self::Value(value) => next(value).map(Given::Value),
            Self::Work(Work { run, hop }) => {
                Ok(Given::work(hop, move || run.open()().and_then(next)))
            }
        }
    }

    /// The same, where another pipeline sees it: as `seen` by that one.
    pub(super) fn elsewhere<X>(self, seen: fn(Stop<E>) -> Stop<X>) -> Given<T, X>
    where
        T: 'static,
        E: 'static,
        X: 'static,
    {
        match self {
            Self::Value(value) => Given::Value(value),
            Self::Work(Work { run, hop }) => Given::work(hop, move || run.open()().map_err(seen)),
        }
    }

    /// The same; its hop will be called `hop`, or by whoever does the work.
    pub(super) fn with_hop(self, hop: Option<&'static str>) -> Self {
        match self {
            Self::Value(value) => Self::Value(value),
            Self::Work(work) => Self::Work(Work { hop, ..work }),
        }
    }
}

impl<T: Send + 'static, E: Send + 'static> Flow for Given<T, E> {
    type Value = T;
    type Error = E;

    fn run(self, _: &'static [&'static str], _: usize) -> Done<T, E> {
        match self {
            Self::Value(value) => Ok(value),
            Self::Work(work) => work.run.open()(),
        }
    }

    fn open(self, _: Site) -> Open<T, impl FnOnce() -> Done<T, E> + Send + 'static> {
        match self {
            Self::Value(value) => Open::Value(value),
            Self::Work(work) => Open::Work(move || work.run.open()()),
        }
    }

    /// The work is boxed already, and its hop as well: where there is none, it needs no room.
    fn settle_with<V, F>(
        self,
        last: F,
        site: Site,
    ) -> impl Future<Output = Done<V, E>> + Send + 'static
    where
        V: Send + 'static,
        F: FnOnce(T) -> V + Send + 'static,
    {
        match self {
            Self::Value(value) => Either::Left(future::ready(Ok(last(value)))),
            Self::Work(Work { run, hop }) => {
                let hop = run_sync(move || run.open()().map(last)).named(hop.unwrap_or(site.hop));
                Either::Right(Box::pin(hop))
            }
        }
    }

    fn hop(&self) -> Option<&'static str> {
        match self {
            Self::Value(_) => None,
            Self::Work(work) => work.hop,
        }
    }
}

/// What can be taken, or polled, and not looked at. So it is [`Sync`] whatever it is, and a future
/// that holds it may be.
#[derive(Debug)]
pub struct Closed<T>(Mutex<T>);

impl<T> Closed<T> {
    pub(super) fn new(it: T) -> Self {
        Self(Mutex::new(it))
    }

    fn open(self) -> T {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<F: Future + Unpin> Future for Closed<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        Pin::new(self.0.get_mut().unwrap_or_else(PoisonError::into_inner)).poll(cx)
    }
}

/// What a callable makes of what it has been given.
pub(crate) type Passing<T> = BoxFuture<'static, Done<Given<T>, Infallible>>;

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

    fn run(self, texts: &'static [&'static str], end: usize) -> Done<O::Value, B::Error> {
        let index = end.saturating_sub(1);
        let value = self.before.run(texts, index)?;
        let text = texts.get(index).copied().unwrap_or_default();
        let returned = trace::watch(text, || self.stage.apply(value));
        O::judge(returned).map_err(|error| Stop::Stage { error, index })
    }

    fn open(
        self,
        site: Site,
    ) -> Open<O::Value, impl FnOnce() -> Done<O::Value, B::Error> + Send + 'static> {
        Open::Work(move || self.run(site.texts, site.index))
    }

    fn hop(&self) -> Option<&'static str> {
        self.before.hop()
    }
}
