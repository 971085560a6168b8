//! A pipeline while `pipeline!` writes it, and the glue between its stages.

#![allow(clippy::unused_self, reason = "the macros call methods: the draft knows the types")]

use std::convert::Infallible;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use super::Pipeline;
use super::each::{Collection, Each, Items};
use super::flow::{Flow, Reach, Settled, There};
use super::join::{Copied, Copies, Join};
use super::outcome::{Asked, AskedToConvert, Convertible, Fallible, Given, Outcome, Question};
use super::plan::Plan;
use super::site::Site;
use super::step::{Stage, Step};
use crate::callable::colour::Probe;
use crate::callable::signature::Signature;

/// The stages so far: they take an `In` and give a `T` or stop with an `E`; `R` says whether work
/// is waiting at their end. It types the next stage before its colour is asked for.
pub struct Draft<In, T, E, R> {
    plan: Plan,
    texts: Texts,
    ends: PhantomData<fn(In) -> T>,
    state: PhantomData<fn(R) -> E>,
}

/// Begins a pipeline without a `?`.
#[must_use]
pub fn infallible<In>(
    texts: &'static [&'static str],
    joined: &'static str,
) -> Draft<In, In, Infallible, There> {
    Draft::new(Plan::new(false), Texts::new(texts, joined))
}

/// Begins a pipeline whose `?` stages have the error `E`.
#[must_use]
pub fn fallible<In, E>(
    texts: &'static [&'static str],
    joined: &'static str,
) -> Draft<In, In, E, There> {
    Draft::new(Plan::new(true), Texts::new(texts, joined))
}

impl<In, T, E, R> Draft<In, T, E, R> {
    fn new(plan: Plan, texts: Texts) -> Self {
        Self { plan, texts, ends: PhantomData, state: PhantomData }
    }
}

impl<In, T, E, R: Reach> Draft<In, T, E, R> {
    /// Types the argument of a closure.
    pub fn hint<F: Fn(T) -> Out, Out>(&self, closure: F) -> F {
        closure
    }

    /// Types the argument of an async closure.
    pub fn hint_async<F: AsyncFn(T) -> Out, Out>(&self, closure: F) -> F {
        closure
    }

    /// Asks for the colour of the next stage.
    pub fn probe<F: Signature<T, M>, M>(&self, _: &F) -> Probe<T, M, F::Returns> {
        Probe::new()
    }

    /// Asks for the outcome of a stage without a `?`.
    pub fn plain<S: Stage<T>>(&self, _: &S) -> Given<S::Returned> {
        Given::new()
    }

    /// Asks for the outcome of a stage with a `?`.
    pub fn question<S>(&self, _: &S) -> Asked<<S::Returned as Fallible<E>>::Value, E>
    where
        S: Stage<T>,
        S::Returned: Fallible<E>,
    {
        Asked::new()
    }

    /// Asks for the outcome of a stage with a `?` whose error is to be converted.
    pub fn conversion<S, K>(
        &self,
        _: &S,
    ) -> AskedToConvert<<S::Returned as Convertible<E, K>>::Value, E>
    where
        S: Stage<T>,
        S::Returned: Convertible<E, K>,
    {
        AskedToConvert::new()
    }

    /// The outcome of a stage whose functions have been asked for theirs.
    pub fn judged(&self) -> Question {
        Question
    }

    /// The items of what comes, for `each`.
    pub fn items<I, K>(&self) -> Items<T, I>
    where
        T: Collection<K, Item = I>,
    {
        Items(T::items)
    }

    /// Types the function of an `each`.
    pub fn item<I>(&self, _: &Items<T, I>) -> Draft<In, I, E, There> {
        Draft::new(Plan::new(false), Texts::new(&[], ""))
    }

    /// The stage `each(limit, f)`.
    pub fn each<C, S, O>(
        &self,
        items: Items<C, T>,
        limit: usize,
        stage: S,
        _: O,
    ) -> Each<C, T, S, O, E> {
        Each::new(items, limit, stage)
    }

    /// The clones of what comes, for `join`.
    pub fn copies(&self) -> Copies<T>
    where
        T: Copied,
    {
        Copies(T::copied)
    }

    /// The stage `join(f, g, ..)`.
    pub fn join<A>(&self, copies: Copies<T>, arms: A) -> Join<T, A, E> {
        Join::new(copies, arms)
    }

    /// Where the next stage stands; behind the last one, where the end does.
    #[must_use]
    pub fn site(&self) -> Site {
        let hop = if R::WAITING { self.texts.waiting() } else { "" };
        Site { texts: self.texts.all, index: self.plan.stages.len(), hop }
    }

    /// Adds a stage.
    #[must_use]
    pub fn stage<S, O>(mut self, stage: &S, _: O) -> Draft<In, O::Value, E, S::Leaves<R>>
    where
        S: Stage<T>,
        O: Outcome<S::Returned, E>,
    {
        let waiting = (R::WAITING, S::Leaves::<R>::WAITING);
        let text = self.site().text();
        self.plan.add(text, stage.colour(), waiting, stage.own_hops());
        self.texts.pass(text, waiting);
        Draft::new(self.plan, self.texts)
    }

    /// Ends the pipeline: `run` takes an input through the stages.
    pub fn finish<F, Fut>(
        self,
        run: F,
    ) -> Pipeline<In, impl Fn(In) -> Fut + Send + Sync + 'static + use<In, T, E, R, F, Fut>>
    where
        In: Send + 'static,
        F: Fn(Settled<In, E>) -> Fut + Send + Sync + 'static,
        Fut: Future + Send + 'static,
    {
        Pipeline {
            run: Arc::new(move |input| run(Settled::new(input))),
            plan: Arc::new(self.plan),
            input: PhantomData,
        }
    }
}

// Both futures are declared `Send` and not `async fn`: within the async block that `pipeline!`
// writes the compiler forgets that a lifetime is `'static`, and could not prove it of their bodies
// again (rust-lang/rust#110338).

/// Takes a flow through one stage.
pub fn step<S, O, B>(
    (stage, _, site): &(S, O, Site),
    before: B,
) -> impl Future<Output = Result<S::Next, B::Error>> + Send
where
    S: Step<B, O>,
    B: Flow,
{
    stage.step(before, site)
}

/// Does the work that is left at the end.
pub fn settle<B: Flow>(
    last: B,
    end: &Site,
) -> impl Future<Output = Result<B::Value, B::Error>> + Send + use<B> {
    last.settle(*end)
}

/// The result of a stage in a pipeline that has no errors.
pub fn always<T>(result: Result<T, Infallible>) -> T {
    match result {
        Ok(value) => value,
        Err(never) => match never {},
    }
}

/// The texts of the stages, and those of them whose work is waiting. A hop is named after these:
/// the name is a part of one text that the macro has joined, since it must be static.
struct Texts {
    all: &'static [&'static str],
    joined: &'static str,
    /// Where in `joined` the work that is waiting begins; without any, where the next stage does.
    from: usize,
    /// Where in `joined` the next stage begins.
    next: usize,
}

/// What stands between two texts that are joined.
const PLUS: &str = " + ";

impl Texts {
    fn new(all: &'static [&'static str], joined: &'static str) -> Self {
        Self { all, joined, from: 0, next: 0 }
    }

    fn waiting(&self) -> &'static str {
        let end = self.next.saturating_sub(PLUS.len());
        self.joined.get(self.from..end).unwrap_or_default()
    }

    /// Passes the next stage: whether work waits before it, and whether it does behind it.
    fn pass(&mut self, text: &str, (was_waiting, is_waiting): (bool, bool)) {
        let begins = self.next;
        self.next += text.len() + PLUS.len();
        match (was_waiting, is_waiting) {
            (true, true) => {}
            (false, true) => self.from = begins,
            (_, false) => self.from = self.next,
        }
    }
}
