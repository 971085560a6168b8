//! A pipeline while `pipeline!` writes it, and the glue between its stages.

#![allow(clippy::unused_self, reason = "the macros call methods: the draft knows the types")]

use std::convert::Infallible;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use super::Pipeline;
use super::each::{Collection, Each, Items};
use super::flow::{Done, Flow, Given};
use super::join::{Copied, Copies, Join};
use super::outcome::{Asked, AskedToConvert, Convertible, Fallible, Gives, Outcome, Question};
use super::plan::Plan;
use super::run::{Ending, Perhaps, Stages, Surely};
use super::site::Site;
use super::step::{Stage, Step};
use crate::callable::colour::Probe;
use crate::callable::signature::Signature;

/// The stages so far: they take an `In` and give a `T` or stop with an `E`; `K` says what a call
/// gives in the end. It types the next stage before its colour is asked for.
pub struct Draft<In, T, E, K> {
    plan: Plan,
    texts: Texts,
    ends: PhantomData<fn(In) -> T>,
    ending: PhantomData<fn() -> (E, K)>,
}

/// Begins a pipeline without a `?`.
#[must_use]
pub fn infallible<In>(
    texts: &'static [&'static str],
    joined: &'static str,
) -> Draft<In, In, Infallible, Surely> {
    Draft::new(Plan::new(false), Texts::new(texts, joined))
}

/// Begins a pipeline whose `?` stages have the error `E`.
#[must_use]
pub fn fallible<In, E>(
    texts: &'static [&'static str],
    joined: &'static str,
) -> Draft<In, In, E, Perhaps> {
    Draft::new(Plan::new(true), Texts::new(texts, joined))
}

impl<In, T, E, K> Draft<In, T, E, K> {
    fn new(plan: Plan, texts: Texts) -> Self {
        Self { plan, texts, ends: PhantomData, ending: PhantomData }
    }

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
    pub fn plain<S: Stage<T>>(&self, _: &S) -> Gives<S::Returned> {
        Gives::new()
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
    pub fn conversion<S, X>(
        &self,
        _: &S,
    ) -> AskedToConvert<<S::Returned as Convertible<E, X>>::Value, E>
    where
        S: Stage<T>,
        S::Returned: Convertible<E, X>,
    {
        AskedToConvert::new()
    }

    /// The outcome of a stage whose functions have been asked for theirs.
    pub fn judged(&self) -> Question {
        Question
    }

    /// The items of what comes, for `each`.
    pub fn items<I, X>(&self) -> Items<T, I>
    where
        T: Collection<X, Item = I>,
    {
        Items(T::items)
    }

    /// Types the function of an `each`.
    pub fn item<I>(&self, _: &Items<T, I>) -> Draft<In, I, E, K> {
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
        let Texts { all, .. } = self.texts;
        let index = self.plan.stages.len();
        let [hop, hop_with] = self.texts.hops(all.get(index), self.plan.is_waiting());
        Site { texts: all, index, hop, hop_with }
    }

    /// Adds a stage.
    #[must_use]
    pub fn stage<S, O>(mut self, stage: &S, _: O) -> Draft<In, O::Value, E, K>
    where
        S: Stage<T>,
        O: Outcome<S::Returned, E>,
    {
        let (text, before) = (self.site().text(), self.plan.hops);
        self.plan.add(text, stage.colour(), stage.seams(), stage.hops());
        self.texts.pass(text, self.plan.hops > before);
        Draft::new(self.plan, self.texts)
    }

    /// Ends the pipeline: `run` takes an input through the stages.
    pub fn finish<F, Fut, L>(self, run: F) -> Pipeline<In, Stages<F, E, K>>
    where
        In: Send + 'static,
        F: Fn(Given<In, E>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Done<L, E>> + Send + 'static,
        L: Flow<Value = T, Error = E>,
        E: 'static,
        K: Ending<T, E>,
    {
        let run = Stages::new(run, self.site());
        Pipeline { run: Arc::new(run), plan: Arc::new(self.plan), input: PhantomData }
    }
}

// The future is declared `Send`, and this is no `async fn`: within the async block that `pipeline!`
// writes the compiler forgets that a lifetime is `'static`, and could not prove it of the body
// again (rust-lang/rust#110338).

/// Takes a flow through one stage.
pub fn step<S, O, B>(
    (stage, _, site): &(S, O, Site),
    before: B,
) -> impl Future<Output = Done<S::Next, B::Error>> + Send
where
    S: Step<B, O>,
    B: Flow,
{
    stage.step(before, site)
}

/// Takes the work so far out of the types before the stage: those of a dozen stages that have fused
/// take the compiler long.
pub fn part<S, O, B: Flow>((_, _, site): &(S, O, Site), before: B) -> Given<B::Value, B::Error> {
    before.boxed(*site)
}

/// What is behind the last stage: its value, or the work that is left.
///
/// # Errors
///
/// None: it gives the block around it the type of its errors.
pub fn end<B: Flow>(last: B) -> Done<B, B::Error> {
    Ok(last)
}

/// The texts of the stages, and those of them whose work is waiting. A hop is named after these:
/// the name is a part of one text that the macro has joined, since it must be static.
struct Texts {
    all: &'static [&'static str],
    joined: &'static str,
    /// Where in `joined` the work that is waiting begins, if there is any.
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

    /// The hop of the work that waits before the `next` stage, and the same with that stage.
    fn hops(&self, next: Option<&&str>, is_waiting: bool) -> [&'static str; 2] {
        let before = self.next.saturating_sub(PLUS.len());
        let with = self.next + next.map_or(0, |text| text.len());
        let from = if is_waiting { self.from } else { self.next };
        [before, with].map(|end| self.joined.get(from..end).unwrap_or_default())
    }

    /// Passes the next stage, with which a hop may begin.
    fn pass(&mut self, text: &str, begins: bool) {
        if begins {
            self.from = self.next;
        }
        self.next += text.len() + PLUS.len();
    }
}
