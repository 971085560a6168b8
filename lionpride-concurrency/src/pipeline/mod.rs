//! Several functions of either colour as one callable.
//!
//! [`pipeline!`](crate::pipeline) writes a [`Pipeline`]. It types each stage from the one before
//! it (`draft.rs`), asks for its colour as `callable!` does, and generates one flat async block
//! that takes a value through all of them (`step.rs`). Sync neighbours become one job on the way
//! (`flow.rs`). The stages `each` and `join` call functions of their own (`each.rs` with
//! `queue.rs`, `join.rs`).

pub(crate) mod draft;
pub(crate) mod each;
mod flow;
mod join;
pub(crate) mod outcome;
mod plan;
mod queue;
mod step;

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use futures::stream::{Stream, StreamExt};

use self::plan::{Colour, Plan};
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
}

impl<In, F, Fut> Pipeline<In, F>
where
    In: 'static,
    F: Fn(In) -> Fut + Send + Sync + 'static,
    Fut: Future + Send + 'static,
{
    /// Takes each item of `input` through the pipeline, at most `limit` at once; the results come
    /// in the order of the items.
    ///
    /// An item is taken from `input` only when there is room for it. A slow item holds up the
    /// results behind it, though not their work, until `limit` are waiting.
    ///
    /// The calls go on while the stream is polled, and only then: code that reads it must not wait,
    /// between two items, for what only a call in flight can give, such as room in a channel that
    /// the stages fill. Spawn a task that reads the stream, where that cannot be ruled out.
    ///
    /// # Panics
    ///
    /// At the caller's line if `limit` is 0.
    ///
    /// # Cancel safety
    ///
    /// Waiting for a result can be dropped and loses nothing. Dropping the stream drops the calls
    /// that are in flight, each as [`run_sync`](crate::run_sync) says.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use futures::{StreamExt, stream};
    /// use lionpride_concurrency::pipeline;
    ///
    /// let squares = pipeline!(|n: u32| n * n).stream(stream::iter(1..=4), 2);
    /// assert_eq!(squares.collect::<Vec<_>>().await, [1, 4, 9, 16]);
    /// # }
    /// ```
    #[track_caller]
    pub fn stream<S>(
        &self,
        input: S,
        limit: usize,
    ) -> impl Stream<Item = Fut::Output> + use<S, In, F, Fut>
    where
        S: Stream<Item = In>,
    {
        assert_limit(limit);
        let run = Arc::clone(&self.run);
        input.map(move |item| run(item)).buffered(limit)
    }

    /// As [`stream`](Self::stream), but each result comes as soon as it is there.
    ///
    /// # Panics
    ///
    /// At the caller's line if `limit` is 0.
    ///
    /// # Cancel safety
    ///
    /// As [`stream`](Self::stream).
    #[track_caller]
    pub fn stream_unordered<S>(
        &self,
        input: S,
        limit: usize,
    ) -> impl Stream<Item = Fut::Output> + use<S, In, F, Fut>
    where
        S: Stream<Item = In>,
    {
        assert_limit(limit);
        let run = Arc::clone(&self.run);
        input.map(move |item| run(item)).buffer_unordered(limit)
    }
}

#[track_caller]
fn assert_limit(limit: usize) {
    assert!(limit > 0, "the limit of a stream must be at least 1");
}

impl<In, F, Fut> Callable<In> for Pipeline<In, F>
where
    In: 'static,
    F: Fn(In) -> Fut + Send + Sync + 'static,
    Fut: Future + Send + 'static,
{
    type Output = Fut::Output;

    /// Whether any stage is async.
    fn is_async(&self) -> bool {
        self.plan.stages.iter().any(|stage| stage.colour == Colour::Async)
    }

    fn hops(&self) -> usize {
        self.plan.hops
    }

    fn call(&self, input: In) -> impl Future<Output = Fut::Output> + Send + 'static {
        (self.run)(input)
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
