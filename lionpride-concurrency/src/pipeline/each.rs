//! The stage `each(n, f)`: one function, called with each item of a collection.
//!
//! Sync work is not a hop an item. At most `n` workers, each of them one hop, take the next item
//! from a shared [`Queue`] whenever they are done with one, so that a slow item holds up no other.

use std::future::{self, Future};
use std::marker::PhantomData;
use std::sync::Arc;

use futures::stream::{self, FuturesUnordered, StreamExt, TryStreamExt};

use super::flow::{Done, Flow, Given};
use super::outcome::{Outcome, Question};
use super::plan::Colour;
use super::queue::{Closing, Queue, Results};
use super::site::Site;
use super::step::{Stage, Step};
use crate::Callable;
use crate::callable::signature::Apply;
use crate::callable::{Awaited, Blocking, Inline, Nested};
use crate::chosen::Found;
use crate::crossing::Never;
use crate::run_sync;

/// What `each` can take apart. The marker `K` leaves open what the items are where there are none,
/// as with [`Chosen`](crate::chosen::Chosen): the compiler has no more to say.
#[diagnostic::on_unimplemented(
    message = "`each` takes a collection of items that are `Send + 'static`, and `{Self}` is none",
    label = "gets a `{Self}`",
    note = "a collection is what implements `IntoIterator`"
)]
pub trait Collection<K> {
    /// What the function gets.
    type Item;

    /// All of them.
    fn items(self) -> Vec<Self::Item>;
}

#[diagnostic::do_not_recommend]
impl<C: IntoIterator<Item: Send + 'static>> Collection<Found> for C {
    type Item = C::Item;

    fn items(self) -> Vec<C::Item> {
        self.into_iter().collect()
    }
}

#[diagnostic::do_not_recommend]
impl<C: Never> Collection<()> for C {
    type Item = ();

    fn items(self) -> Vec<()> {
        self.never()
    }
}

/// How a `C` is taken apart. Whoever holds it need not ask again whether that can be done, so that
/// one mistake gives one error.
#[derive(Debug)]
pub struct Items<C, I>(pub(super) fn(C) -> Vec<I>);

/// The limit of an `each`.
///
/// # Panics
///
/// At the caller's line if it is 0.
#[must_use]
#[track_caller]
pub fn at_most(limit: usize) -> usize {
    assert!(limit > 0, "the limit of `each` must be at least 1");
    limit
}

/// The stage `each(n, f)`.
pub struct Each<C, I, S, O, E> {
    items: Items<C, I>,
    limit: usize,
    stage: S,
    outcome: PhantomData<fn() -> (O, E)>,
}

impl<C, I, S, O, E> Each<C, I, S, O, E> {
    pub(super) fn new(items: Items<C, I>, limit: usize, stage: S) -> Self {
        Self { items, limit, stage, outcome: PhantomData }
    }
}

impl<C, I, S, O, E> Stage<C> for Each<C, I, S, O, E>
where
    S: Stage<I>,
    O: Outcome<S::Returned, E>,
{
    type Returned = Result<Vec<O::Value>, E>;

    fn colour(&self) -> Colour {
        self.stage.colour()
    }

    fn hops(&self) -> usize {
        self.stage.hops_of_each(self.limit)
    }
}

/// It settles the work before it, and calls the function with each item.
impl<B, I, S, O> Step<B, Question> for Each<B::Value, I, S, O, B::Error>
where
    B: Flow,
    I: Send + 'static,
    S: ForEach<I, O, B::Error> + Send + Sync + 'static,
{
    type Next = Given<Vec<S::Value>, B::Error>;

    async fn step(&self, before: B, site: &Site) -> Done<Self::Next, B::Error> {
        let (site, take_apart) = (*site, self.items.0);
        let take_apart = move |all| site.watch(|| take_apart(all));
        let items = before.settle_with(take_apart, site).await?;
        let results = self.stage.for_each(items, self.limit, site).await;
        results.map(Given::Value).map_err(|error| site.stop(error))
    }
}

/// How each kind of stage is called with many items.
pub trait ForEach<I, O, E> {
    /// What comes of an item.
    type Value: Send + 'static;

    /// What comes of all items in their order, or the error of the first of them that has one. The
    /// stage is at `site`.
    fn for_each(
        &self,
        items: Vec<I>,
        limit: usize,
        site: Site,
    ) -> impl Future<Output = Result<Vec<Self::Value>, E>> + Send;
}

impl<F, M, I, O, E> ForEach<I, O, E> for Blocking<F, M>
where
    F: Apply<I, M> + Send + Sync + 'static,
    O: Outcome<F::Returns, E>,
    I: Send + 'static,
    E: Send + 'static,
    M: 'static,
{
    type Value = O::Value;

    async fn for_each(&self, items: Vec<I>, limit: usize, site: Site) -> Result<Vec<O::Value>, E> {
        let all = items.len();
        let queue = Closing(Arc::new(Queue::new(items)));
        let mut workers: FuturesUnordered<_> = (0..limit.min(all))
            .map(|_| {
                let (queue, function) = (Arc::clone(&queue.0), Arc::clone(&self.function));
                let call = move |item| O::judge(site.watch(|| function.apply(item)));
                run_sync(move || queue.work(call)).named(site.text())
            })
            .collect();
        let mut results = Results::new(all);
        // A worker comes back when no item is left. One that is still queued then has nothing to
        // do, and nobody waits for it.
        while results.count < queue.0.taken() {
            let Some(done) = workers.next().await else { break };
            results.add(done);
        }
        results.in_order()
    }
}

impl<F, M, I, O, E> ForEach<I, O, E> for Inline<F, M>
where
    F: Apply<I, M> + Send + Sync + 'static,
    O: Outcome<F::Returns, E>,
    I: Send + 'static,
    E: Send + 'static,
    M: 'static,
{
    type Value = O::Value;

    fn for_each(
        &self,
        items: Vec<I>,
        _: usize,
        site: Site,
    ) -> impl Future<Output = Result<Vec<O::Value>, E>> + Send {
        let each = |item| O::judge(site.watch(|| self.function.apply(item)));
        future::ready(items.into_iter().map(each).collect())
    }
}

impl<F, M, I, O, E> ForEach<I, O, E> for Awaited<F, M>
where
    F: Apply<I, M> + Send + Sync + 'static,
    F::Returns: Future + Send,
    O: Outcome<<F::Returns as Future>::Output, E>,
    I: Send + 'static,
    E: Send + 'static,
    M: 'static,
{
    type Value = O::Value;

    async fn for_each(&self, items: Vec<I>, limit: usize, site: Site) -> Result<Vec<O::Value>, E> {
        let call = |item| async move {
            O::judge(site.watched(site.watch(|| self.function.apply(item))).await)
        };
        in_flight(items, limit, call).await
    }
}

impl<C, I, O, E> ForEach<I, O, E> for Nested<C>
where
    C: Callable<I>,
    O: Outcome<C::Output, E>,
    I: Send + 'static,
    E: Send + 'static,
{
    type Value = O::Value;

    async fn for_each(&self, items: Vec<I>, limit: usize, site: Site) -> Result<Vec<O::Value>, E> {
        let call = |item| async move {
            O::judge(site.watched(self.0.call_named(item, site.text())).await)
        };
        in_flight(items, limit, call).await
    }
}

/// Awaits a call an item, at most `limit` at once.
async fn in_flight<I, V, E, Fut>(
    items: Vec<I>,
    limit: usize,
    call: impl Fn(I) -> Fut,
) -> Result<Vec<V>, E>
where
    Fut: Future<Output = Result<V, E>>,
{
    stream::iter(items).map(call).buffered(limit).try_collect().await
}
