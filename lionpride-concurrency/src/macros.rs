//! The function-like macros. Each hands its input on with `$crate` before it, so that it works
//! under whatever name the user's crate knows this one by.

/// Makes a [`Callable`](crate::Callable) of anything that can be called, and decides its colour at
/// compile time: what is async is awaited in place, what is sync runs on the blocking pool.
///
/// | `callable!(..)` of | is |
/// |---|---|
/// | a `fn`, a `Type::method`, a fn pointer, a closure <code>\|x: T\| ..</code> | sync: a call is a hop |
/// | an `async fn`, a closure <code>\|x: T\| async move { .. }</code>, a function that returns a boxed future | async |
/// | an async closure `async move \|x: T\| ..`, which may borrow what it captured | async |
/// | a function under [`#[dispatch]`](crate::dispatch) | the colour it was written in |
/// | a function that returns a [`RunSync`](crate::RunSync) | sync; a call that is [shielded](crate::RunSync::shielded) or [with a local](crate::RunSync::with_local) stays so |
/// | a `Callable` | what it is |
/// | a part of a call, `f("db", _)` or `client.fetch(_, 3)` | what the function or the method is |
/// | `inline(f)` | sync and cheap: called in place, no hop |
/// | `blocking(f)` | sync, and said out loud |
/// | `on(D, f)` | sync: a call runs on the dispatcher `D`, a static or any other expression |
///
/// The input of the callable is the function's argument, `()` for none and the tuple of them for
/// up to eight. An `f` that returns a future is a compile error under `inline`, `blocking` and
/// `on`.
///
/// `on(D, f)` takes `D` by reference, once and before `f`: the callable holds a handle of its own.
/// Where `f` returns a [`RunSync`](crate::RunSync), as under `#[dispatch]`, a call is
/// `f(x).on(&D)`: it runs on `D` also where `f` says another place, and keeps what else `f` says,
/// such as [`shielded`](crate::RunSync::shielded). A `Callable` knows where it runs and is an
/// error there.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use lionpride_concurrency::{Callable, callable};
///
/// fn connect(host: &'static str, port: u16) -> String { format!("{host}:{port}") }
/// async fn greet(name: String) -> String { format!("hello {name}") }
///
/// let (connect, greet) = (callable!(connect), callable!(greet));
/// assert_eq!(connect.call(("db", 5432)).await, "db:5432");
/// assert_eq!(greet.call("you".to_owned()).await, "hello you");
/// assert!(greet.is_async() && !connect.is_async());
///
/// let length = callable!(inline(|text: &'static str| text.len()));
/// assert_eq!(length.hops(), 0);
/// # }
/// ```
///
/// At most two connections at once:
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use lionpride_concurrency::{Callable, Limiter, callable};
///
/// let limiter = Limiter::new("connect", 2);
/// let connect = callable!(on(limiter, |host: &'static str| format!("{host}:5432")));
/// assert_eq!(connect.call("db").await, "db:5432");
/// # }
/// ```
///
/// # Parts of calls
///
/// In a call with a `_` among its arguments, each `_` is what is still to come, and the callable
/// takes that. The rest is evaluated once, in the order in which it is written, when the callable is
/// made, and shared by clones. Each call gets a clone of its own, which is why all of it has to be
/// `Clone + Send + Sync + 'static`. So has the receiver of a method, which takes `self`, `&self` or
/// `&mut self`, in either colour.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use lionpride_concurrency::{Callable, callable};
///
/// fn connect(host: &str, port: u16, tls: bool) -> String { format!("{host}:{port}, tls {tls}") }
///
/// let tls = true;
/// assert_eq!(callable!(connect("db", _, tls)).call(5432).await, "db:5432, tls true");
/// assert_eq!(callable!(connect(_, 80, _)).call(("web", false)).await, "web:80, tls false");
///
/// #[derive(Clone)]
/// struct Client { base: String }
///
/// impl Client {
///     async fn fetch(&self, page: u32, tries: u32) -> String {
///         format!("{}/{page}, {tries} tries", self.base)
///     }
/// }
///
/// let client = Client { base: "https://example.org".to_owned() };
/// let fetch = callable!(client.fetch(_, 3));
/// assert!(fetch.is_async());
/// assert_eq!(fetch.call(7).await, "https://example.org/7, 3 tries");
/// # }
/// ```
///
/// A call without a `_` is an expression as any other: its value is the function.
///
/// # Generic code
///
/// Where a function is a type parameter, as in `fn register<F: Fn(u32) -> R, R>(f: F)`, its colour
/// is not known yet, and `callable!(f)` takes it for sync: an async `f` would give its future for a
/// result. Take a `C: Callable<In>` there, and leave `callable!` to whoever has the function; or an
/// [`IntoCallable`](crate::IntoCallable), where the result has one type, and it takes `f` bare.
#[cfg_attr(docsrs, doc(cfg(feature = "macros")))]
#[macro_export]
macro_rules! callable {
    ($($function:tt)*) => {
        $crate::__private::callable!(crate = $crate, $($function)*)
    };
}

/// Whether a function is async: a `bool`. The function is neither called nor moved.
///
/// It takes what [`callable!`] takes. Of a part of a call, what stands beside the `_` is evaluated.
///
/// # Examples
///
/// ```
/// use lionpride_concurrency::is_async;
///
/// async fn fetch(url: String) -> usize { url.len() }
///
/// assert!(is_async!(fetch));
/// assert!(!is_async!(String::len));
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "macros")))]
#[macro_export]
macro_rules! is_async {
    ($($function:tt)*) => {
        $crate::__private::is_async!(crate = $crate, $($function)*)
    };
}

/// Writes several functions of either colour as one [`Callable`](crate::Callable): a
/// [`Pipeline`](crate::Pipeline).
///
/// Each stage gets what the one before it gave. Sync neighbours share one hop to the blocking pool,
/// which the types decide at compile time; async stages are awaited in place. A function that
/// returns a [`RunSync`](crate::RunSync) with something added to it, such as
/// [`shielded`](crate::RunSync::shielded) or [`on`](crate::RunSync::on), keeps a hop of its own.
///
/// | stage | meaning |
/// |---|---|
/// | `f` | a function or closure of either colour, another pipeline, any [`Callable`](crate::Callable); a closure's argument needs no type, but for the first |
/// | `f(_, 3)` | a part of a call, as in [`callable!`]: the stage's input is the `_` |
/// | `f?` | returns a `Result`: its `Ok` is the next stage's input, its `Err` ends the pipeline. <code>\|x\| g(x)?</code> says the same of a closure |
/// | `inline(f)` | sync and cheap: no hop of its own |
/// | `blocking(f)` | sync, and said out loud |
/// | `on(D, f)`, `on(D, f)?` | sync, on the dispatcher `D`: a hop of its own, as in [`callable!`] |
/// | `each(n, f)` | the input is a collection: `f` is called with each item, at most `n` at once; the results are a `Vec` in the order of the items |
/// | `each(n, f)?` | stops at an item's `Err` |
/// | `join(f, g, ..)` | two to eight functions, all called at once, each with a clone of the input (the last one with the input itself); the results are a tuple |
/// | `join(f?, g)`, `join(f, g)?` | `f` returns a `Result`, or all do: the first `Err` drops the others |
///
/// With a `?` anywhere the pipeline gives a `Result`. All `?` stages share one error type, unless
/// the list begins with `error = AppError`: then the error of each is converted by
/// [`From`](std::convert::From), and `AppError` is that of the pipeline.
/// [`traced`](crate::Pipeline::traced) tells which stage an error is from.
///
/// A hop is [named](crate::RunSync::named) after its stages: `parse? + double` in the example; all
/// hops of an `each` or a `join` after that one. A function that returns a
/// [`RunSync`](crate::RunSync) and keeps a hop of its own keeps its name too, and so does a
/// dispatched function in a `join`. A panic in a stage goes on with its own payload; with the feature `tracing` there is an
/// event of level error before, whose field `stage` tells which one it was.
///
/// # Many items
///
/// `each(n, f)` takes whatever is `IntoIterator`, with items that are `Send`. It does not fuse with
/// its neighbours. What runs depends on `f`, a function as in any other stage:
///
/// - Sync: at most `n` workers on the blocking pool, each of them one hop, take one item after
///   another, so that a slow item holds up no other. A collection of fewer items has fewer workers.
/// - Async: `n` calls are in flight. `each` takes the next item when the first of them, in the order
///   of the items, is done.
/// - `inline(f)`: one item after the other, in place.
/// - `on(D, f)`, a pipeline or another [`Callable`](crate::Callable), a function whose
///   [`RunSync`](crate::RunSync) keeps a hop of its own: each item is a call of its own, and `n` are
///   in flight.
///
/// An `Err` that stops it is that of the first item in their order that has one, as in a loop:
/// items that are under way by then come to their end if they are sync, and no new one is begun by
/// a worker. A panic goes on at once with its payload. It stops the workers at their next items,
/// and so does dropping the call, which drops the items that are left there and then.
///
/// `n` is any `usize`, evaluated once, when the pipeline is made. A pipeline with `each(0, f)` does
/// not compile; where `n` turns out to be 0, making the pipeline panics at its line.
///
/// [`hops()`](crate::Pipeline::hops) counts `n` for a sync `f`, the most that there are; for what is
/// a call of its own it counts the hops of one item.
///
/// # Several functions
///
/// `join(f, g)` calls the functions where and how each would run as a stage: the sync ones take a
/// hop each, beside one another, async ones are awaited in place. A panic or an `Err` of one drops
/// the other calls, as does dropping the pipeline's. It does not fuse with its neighbours.
///
/// `each` and `join` go into one another as a pipeline: `join(f, pipeline!(each(4, g)))`.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::num::ParseIntError;
/// use lionpride_concurrency::{Callable, pipeline};
///
/// fn parse(text: &'static str) -> Result<u32, ParseIntError> { text.trim().parse() }
/// fn double(n: u32) -> u32 { n * 2 }
/// async fn publish(n: u32) -> Result<u32, ParseIntError> { Ok(n) }
///
/// let job = pipeline!(parse?, double, publish?, |n| n.to_string(), inline(|s| s + "!"));
/// assert_eq!(job.call(" 21 ").await, Ok("42!".to_owned()));
/// assert!(job.call("twenty-one").await.is_err());
///
/// assert_eq!(job.hops(), 2);
/// assert_eq!(job.to_string(), "\
/// 1. parse?               sync    hop 1
/// 2. double               sync    hop 1
/// 3. publish?             async   in place
/// 4. |n| n.to_string()    sync    hop 2
/// 5. inline(|s| s + \"!\")  inline  hop 2");
/// # }
/// ```
///
/// Errors of several types, many items, and several functions at once:
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::num::ParseIntError;
/// use lionpride_concurrency::{Callable, pipeline};
///
/// type Error = Box<dyn std::error::Error + Send + Sync>;
///
/// fn parse(text: &str) -> Result<u32, ParseIntError> { text.parse() }
/// async fn check(n: u32) -> Result<u32, String> {
///     if n > 0 { Ok(n) } else { Err("zero".to_owned()) }
/// }
///
/// let job = pipeline!(
///     error = Error,
///     |text: &'static str| text.split(' '),
///     each(4, parse)?,
///     each(8, check)?,
///     join(|all| all.len(), |all| all.into_iter().sum::<u32>()),
/// );
/// assert_eq!(job.call("1 2 3").await.unwrap(), (3, 6));
/// assert_eq!(job.call("1 0 3").await.unwrap_err().to_string(), "zero");
/// # }
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "macros")))]
#[macro_export]
macro_rules! pipeline {
    ($($stages:tt)*) => {
        $crate::__private::pipeline!(crate = $crate, $($stages)*)
    };
}
