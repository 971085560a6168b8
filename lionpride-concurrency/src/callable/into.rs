use std::future::Future;

use super::colour::{Async, Sync};
use super::signature::{Apply, Ready, Signature};
use super::{Awaited, Blocking, Callable};

/// A bare function of either colour, where what it takes and gives is known: what a registry or a
/// router takes from its users, without a `callable!` around it.
///
/// It is a function, a closure or a [`Callable`] that takes an `In` and gives an `Out`, at once or
/// once awaited. `In` is what it is for a `Callable`: the argument of one, `()` for none, a tuple
/// for up to eight.
///
/// The colour is decided by `Out`, which the receiver fixes: a function that returns an `Out` is
/// sync, and a call of it hops; one that returns a future of an `Out` is async. `M` is a marker that
/// the compiler finds; leave it generic. Where `Out` is generic too, nothing can be decided: take a
/// `C: Callable<In>` there.
///
/// A closure has to write the types of its arguments, `|text: String| ..`. An async closure that
/// lends its captures to its future needs [`callable!`](crate::callable) around it. A sync function
/// under [`#[dispatch]`](crate::dispatch) returns a future, which hops by itself: bare, it counts as
/// async, and in a `callable!` as what it is.
///
/// # Examples
///
/// A router:
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::collections::HashMap;
/// use lionpride_concurrency::{BoxCallable, Callable, IntoCallable};
///
/// type Answer = Result<String, u16>;
///
/// #[derive(Default)]
/// struct Router(HashMap<&'static str, BoxCallable<String, Answer>>);
///
/// impl Router {
///     fn route<M>(mut self, path: &'static str, f: impl IntoCallable<String, Answer, M>) -> Self {
///         self.0.insert(path, f.into_callable().boxed());
///         self
///     }
///
///     async fn get(&self, path: &str, query: &str) -> Answer {
///         self.0.get(path).ok_or(404_u16)?.call(query.to_owned()).await
///     }
/// }
///
/// fn read(name: String) -> Answer { Ok(format!("the file {name}")) } // a hop
/// async fn greet(name: String) -> Answer { Ok(format!("hello {name}")) } // in place
///
/// let router = Router::default()
///     .route("/files", read)
///     .route("/greet", greet)
///     .route("/echo", |text: String| async { Ok(text) });
///
/// assert_eq!(router.get("/files", "a").await, Ok("the file a".to_owned()));
/// assert_eq!(router.get("/greet", "you").await, Ok("hello you".to_owned()));
/// assert_eq!(router.get("/nowhere", "").await, Err(404));
/// assert!(router.0["/greet"].is_async() && !router.0["/files"].is_async());
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a function that takes `{In}` and gives `{Out}`",
    label = "does not take `{In}` and give `{Out}`",
    note = "a function or a closure of either colour fits: it returns `{Out}`, or a `Send` future of it",
    note = "what it captures has to be `Send + Sync + 'static`, and a closure writes the types of its \
            arguments"
)]
pub trait IntoCallable<In, Out, M>: Sized {
    /// Makes the callable.
    fn into_callable(self) -> impl Callable<In, Output = Out>;
}

#[diagnostic::do_not_recommend]
impl<F, In, Out, M> IntoCallable<In, Out, Sync<M>> for F
where
    F: Apply<In, M> + Signature<In, M, Returns = Out> + Send + std::marker::Sync + 'static,
    In: Send + 'static,
    Out: Send + 'static,
    M: 'static,
{
    fn into_callable(self) -> impl Callable<In, Output = Out> {
        Blocking::new(self)
    }
}

#[diagnostic::do_not_recommend]
impl<F, In, Out, M> IntoCallable<In, Out, Async<M>> for F
where
    F: Apply<In, M> + Send + std::marker::Sync + 'static,
    F::Returns: Future<Output = Out> + Send + 'static,
    M: 'static,
{
    fn into_callable(self) -> impl Callable<In, Output = Out> {
        Awaited::new(self)
    }
}

#[diagnostic::do_not_recommend]
impl<C, In, Out> IntoCallable<In, Out, Ready> for C
where
    C: Callable<In, Output = Out>,
{
    fn into_callable(self) -> impl Callable<In, Output = Out> {
        self
    }
}
