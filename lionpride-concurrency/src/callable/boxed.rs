use std::fmt;
use std::future::Future;
use std::sync::Arc;
#[cfg(feature = "tower")]
use std::task::{Context, Poll};

use futures::future::BoxFuture;

use super::Callable;
use crate::pipeline::flow::{Given, Passing};
use crate::pipeline::seams::Seams;
use crate::pipeline::site::Site;

/// A callable whose function's type is out of sight: for a map of handlers, or a struct's field.
///
/// It is cheap to clone and itself a [`Callable`]. A call allocates its future.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::collections::HashMap;
/// use lionpride_concurrency::{BoxCallable, Callable, callable};
///
/// async fn double(n: u32) -> u32 { n * 2 }
/// fn square(n: u32) -> u32 { n * n }
///
/// let handlers: HashMap<&str, BoxCallable<u32, u32>> = HashMap::from([
///     ("double", callable!(double).boxed()),
///     ("square", callable!(square).boxed()),
/// ]);
/// assert_eq!(handlers["square"].call(5).await, 25);
/// assert_eq!(handlers["double"].call(5).await, 10);
/// # }
/// ```
pub struct BoxCallable<In, Out>(Arc<dyn Erased<In, Out>>);

/// [`Callable`], as far as it can be behind a `dyn`.
trait Erased<In, Out>: Send + Sync {
    fn is_async(&self) -> bool;
    fn hops(&self) -> usize;
    fn call(&self, input: In) -> BoxFuture<'static, Out>;
    fn call_named(&self, input: In, name: &'static str) -> BoxFuture<'static, Out>;
    fn seams(&self) -> Seams;
    fn pass(&self, input: Given<In>, site: Site) -> Passing<Out>
    where
        In: Send + 'static;
}

impl<C: Callable<In>, In> Erased<In, C::Output> for C {
    fn is_async(&self) -> bool {
        Callable::is_async(self)
    }

    fn hops(&self) -> usize {
        Callable::hops(self)
    }

    fn call(&self, input: In) -> BoxFuture<'static, C::Output> {
        Box::pin(Callable::call(self, input))
    }

    fn call_named(&self, input: In, name: &'static str) -> BoxFuture<'static, C::Output> {
        Box::pin(Callable::call_named(self, input, name))
    }

    fn seams(&self) -> Seams {
        Callable::seams(self)
    }

    fn pass(&self, input: Given<In>, site: Site) -> Passing<C::Output>
    where
        In: Send + 'static,
    {
        Callable::pass(self, input, site)
    }
}

impl<In, Out> BoxCallable<In, Out> {
    pub(super) fn new<C: Callable<In, Output = Out>>(callable: C) -> Self {
        Self(Arc::new(callable))
    }
}

impl<In: 'static, Out: 'static> Callable<In> for BoxCallable<In, Out> {
    type Output = Out;

    fn is_async(&self) -> bool {
        self.0.is_async()
    }

    fn hops(&self) -> usize {
        self.0.hops()
    }

    fn call(&self, input: In) -> impl Future<Output = Out> + Send + 'static {
        self.0.call(input)
    }

    fn call_named(
        &self,
        input: In,
        name: &'static str,
    ) -> impl Future<Output = Out> + Send + 'static {
        self.0.call_named(input, name)
    }

    fn seams(&self) -> Seams {
        self.0.seams()
    }

    fn pass(&self, input: Given<In>, site: Site) -> Passing<Out>
    where
        In: Send + 'static,
    {
        self.0.pass(input, site)
    }

    fn boxed(self) -> Self {
        self
    }
}

/// With the feature `tower`. The call's future is its only allocation here too.
#[cfg(feature = "tower")]
impl<In, T, E> tower_service::Service<In> for BoxCallable<In, Result<T, E>> {
    type Response = T;
    type Error = E;
    type Future = BoxFuture<'static, Result<T, E>>;

    /// Always ready: what waits for a permit or a thread waits in the call.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), E>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: In) -> Self::Future {
        self.0.call(request)
    }
}

impl<In, Out> Clone for BoxCallable<In, Out> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<In, Out> fmt::Debug for BoxCallable<In, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoxCallable").field("is_async", &self.0.is_async()).finish_non_exhaustive()
    }
}
