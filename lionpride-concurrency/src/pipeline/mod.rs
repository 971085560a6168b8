//! Several functions of either colour as one callable.
//!
//! [`pipeline!`](crate::pipeline) writes a [`Pipeline`]. It types each stage from the one before
//! it (`draft.rs`), asks for its colour as `callable!` does, and generates one flat async block
//! that takes a value through all of them (`step.rs`, `run.rs`). Sync neighbours become one job on
//! the way (`flow.rs`), those within a callable that is a stage among them (`seams.rs`). The stages
//! `each` and `join` call functions of their own (`each.rs` with `queue.rs`, `join.rs`).

pub(crate) mod draft;
pub(crate) mod each;
mod failed;
pub(crate) mod flow;
mod join;
mod mermaid;
pub(crate) mod outcome;
mod plan;
mod progress;
mod queue;
pub(crate) mod run;
pub(crate) mod seams;
pub(crate) mod site;
mod step;
mod streams;

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

pub use self::failed::Failed;
use self::flow::{Given, Passing};
use self::mermaid::Flowchart;
use self::plan::{Colour, Plan};
pub use self::progress::Progress;
use self::run::{Run, Wrapped};
use self::seams::Seams;
use self::site::Site;
use crate::Callable;

/// What [`pipeline!`](crate::pipeline) makes: a [`Callable`] of several stages.
///
/// `Display` draws its plan, a line a stage: the stage's text, its colour, its hop.
pub struct Pipeline<In, F> {
    run: Arc<F>,
    plan: Arc<Plan>,
    input: PhantomData<fn(In)>,
}

impl<In, F> Pipeline<In, F> {
    /// How many times one call hops to the blocking pool, if no `?` ends it before.
    ///
    /// A stage `each(n, f)` counts with `n` if `f` is sync: with fewer items than that it hops less
    /// often. If each item is a call of its own, one item is counted; see
    /// [`pipeline!`](crate::pipeline#many-items).
    ///
    /// # Examples
    ///
    /// ```
    /// use lionpride_concurrency::pipeline;
    ///
    /// let p = pipeline!(|n: u32| n + 1, |n| n * 2, |n| async move { n }, |n| n - 1);
    /// assert_eq!(p.hops(), 2);
    /// ```
    #[must_use]
    pub fn hops(&self) -> usize {
        self.plan.hops
    }

    /// The plan as a flowchart for [Mermaid](https://mermaid.js.org), which most forges draw in a
    /// code block `mermaid` of a Markdown file.
    ///
    /// Each stage is a node: sync ones have corners, inline ones round corners, async ones round
    /// ends. The stages of a hop are in a box.
    ///
    /// # Examples
    ///
    /// ```
    /// use lionpride_concurrency::pipeline;
    ///
    /// let p = pipeline!(|n: u32| n + 1, inline(|n| n * 2), |n| async move { n }, |n| n - 1);
    /// assert_eq!(p.to_mermaid(), r##"flowchart TD
    ///     subgraph hop1["hop 1"]
    ///         s1["|n: u32| n #43; 1"]
    ///         s2("inline(|n| n #42; 2)")
    ///     end
    ///     s3(["|n| async move #123; n #125;"])
    ///     subgraph hop2["hop 2"]
    ///         s4["|n| n #45; 1"]
    ///     end
    ///     s1 --> s2 --> s3 --> s4"##);
    /// ```
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        Flowchart(&self.plan).to_string()
    }

    /// The same stages, with something around each call.
    fn wrapped<G>(&self, call: G) -> Pipeline<In, Wrapped<G>> {
        let (run, plan) = (Arc::new(Wrapped(call)), Arc::clone(&self.plan));
        Pipeline { run, plan, input: PhantomData }
    }
}

impl<In: 'static, F: Run<In>> Callable<In> for Pipeline<In, F> {
    type Output = F::Output;

    /// Whether any stage is async.
    fn is_async(&self) -> bool {
        self.plan.stages.iter().any(|stage| stage.colour == Colour::Async)
    }

    fn hops(&self) -> usize {
        self.plan.hops
    }

    fn call(&self, input: In) -> impl Future<Output = F::Output> + Send + 'static {
        F::call(Arc::clone(&self.run), input)
    }

    fn seams(&self) -> Seams {
        if F::FUSES { self.plan.seams } else { Seams::CLOSED }
    }

    fn pass(&self, input: Given<In>, site: Site) -> Passing<F::Output>
    where
        In: Send,
    {
        F::pass(self, input, site)
    }
}

impl<In, F> Clone for Pipeline<In, F> {
    fn clone(&self) -> Self {
        Self { run: Arc::clone(&self.run), plan: Arc::clone(&self.plan), input: PhantomData }
    }
}

impl<In, F> fmt::Display for Pipeline<In, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.plan.fmt(f)
    }
}

impl<In, F> fmt::Debug for Pipeline<In, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline").field("plan", &self.plan).finish_non_exhaustive()
    }
}
