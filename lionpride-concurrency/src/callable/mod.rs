//! One way to call both colours.
//!
//! [`Callable`] is the trait, [`callable!`](crate::callable) makes one of anything that can be
//! called, [`IntoCallable`] takes one bare, [`BoxCallable`] hides its type. How the colour is found is told in `colour.rs`.

pub(crate) mod bound;
mod boxed;
pub(crate) mod colour;
mod into;
pub(crate) mod kinds;
pub(crate) mod partial;
#[cfg(feature = "tower")]
mod service;
pub(crate) mod signature;

use std::future::Future;

pub use self::boxed::BoxCallable;
pub use self::into::IntoCallable;
pub(crate) use self::kinds::{Awaited, Blocking, Inline, Nested, Placed, Put};
use crate::pipeline::flow::{Flow, Given, Passing};
use crate::pipeline::seams::Seams;
use crate::pipeline::site::Site;

/// Something that can be called and awaited, whatever its colour: a cheap, shareable value.
///
/// [`callable!`](crate::callable) makes one of a function. `In` is the argument of a function of
/// one argument, `()` for none, and the tuple of them for several: `c.call(5)`, `c.call(())`,
/// `c.call((host, port))`.
///
/// Code that is generic over `F: Fn` cannot tell a function's colour. Code that is generic over
/// `C: Callable<In>` does not have to:
///
/// ```
/// use lionpride_concurrency::{Callable, callable};
///
/// async fn twice<C: Callable<u32, Output = u32>>(c: &C, n: u32) -> u32 {
///     let n = c.call(n).await;
///     c.call(n).await
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// assert_eq!(twice(&callable!(|n: u32| n + 1), 5).await, 7);
/// assert_eq!(twice(&callable!(|n: u32| async move { n * 2 }), 5).await, 20);
/// # }
/// ```
///
/// With the feature `tower`, what [`callable!`](crate::callable) and [`pipeline!`](crate::pipeline)
/// make is also a `tower_service::Service`, if it gives a `Result`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a callable that takes `{In}`",
    label = "not a callable that takes `{In}`",
    note = "`callable!(f)` makes a callable of a function or a closure of either colour"
)]
pub trait Callable<In>: Clone + Send + Sync + 'static {
    /// What a call results in, once awaited.
    type Output;

    /// Whether the function is async: awaited in place instead of sent to the blocking pool.
    fn is_async(&self) -> bool;

    /// How many times one call hops to the blocking pool.
    fn hops(&self) -> usize {
        usize::from(!self.is_async())
    }

    /// Calls the function: awaits it in place if it is async, on the blocking pool if it is sync.
    ///
    /// # Panics
    ///
    /// Awaiting it panics if the function does; and, where the call hops, as
    /// [`run_sync`](crate::run_sync).
    ///
    /// # Cancel safety
    ///
    /// That of the function if it is async; if it is sync, that of [`run_sync`](crate::run_sync), or
    /// of the [`RunSync`](crate::RunSync) that the function returns.
    fn call(&self, input: In) -> impl Future<Output = Self::Output> + Send + 'static;

    /// As [`call`](Self::call): a stage of a pipeline, which names a hop that has no name.
    #[doc(hidden)]
    fn call_named(
        &self,
        input: In,
        _name: &'static str,
    ) -> impl Future<Output = Self::Output> + Send + 'static {
        self.call(input)
    }

    /// What it does, as a stage of a pipeline, with the sync work around it.
    #[doc(hidden)]
    fn seams(&self) -> Seams {
        Seams::CLOSED
    }

    /// As [`call`](Self::call): the stage of a pipeline at `site`, which may be given work instead
    /// of a value, and may give some, both as its [`seams`](Self::seams) say.
    #[doc(hidden)]
    fn pass(&self, input: Given<In>, site: Site) -> Passing<Self::Output>
    where
        In: Send + 'static,
    {
        pass_settled(self.clone(), input, site)
    }

    /// Hides the type of the function.
    fn boxed(self) -> BoxCallable<In, Self::Output> {
        BoxCallable::new(self)
    }
}

/// As [`Callable::pass`], for a callable that neither takes work nor leaves any.
pub(crate) fn pass_settled<C, In>(callable: C, input: Given<In>, site: Site) -> Passing<C::Output>
where
    C: Callable<In>,
    In: Send + 'static,
{
    Box::pin(async move {
        let value = input.settle(site).await?;
        Ok(Given::Value(callable.call_named(value, site.text()).await))
    })
}
