//! The macros of [`lionpride-concurrency`](https://docs.rs/lionpride-concurrency), which hands them
//! on: it is the only dependency to add.

mod callable;
mod dispatch;
mod error;
mod hygiene;
mod krate;
mod pipeline;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;
use syn::Error;

/// Makes functions of either colour awaitable: call them and `.await` them.
///
/// It goes on a function, a method, a whole `impl` block, a trait, or the `impl` of a trait.
///
/// - An `async fn` stays what it is, token for token.
/// - A `fn` returns a future, [`RunSync`], that runs the body on the runtime's blocking pool. The
///   arguments are moved there and live until the body ends. The future borrows nothing, so that
///   it can be spawned, and the function is a handler for whoever takes functions that return
///   futures.
/// - A trait declares its methods, of either colour, as `-> impl Future<Output = R> + Send`; who
///   implements it writes each in whichever colour it has there.
///
/// Visibility, documentation, attributes, generics, `where` clauses, `unsafe`, patterns as
/// arguments, raw identifiers, `?` and `return` work as ever. A `fn` that returns an `impl Trait`
/// becomes an `async fn`. A bare `#[must_use]` is left away, since [`RunSync`] must be used anyway.
///
/// The [guide] has a page on all of it.
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `inline` | the body is cheap: it runs in place at the first poll, without a hop, and may borrow |
/// | `owned` | each borrowed argument crosses through `ToOwned`, `&self` through `Clone`; the body still sees the borrow |
/// | `on = PATH` | the body runs on this dispatcher, a `static`, and not on the runtime's blocking pool |
/// | `shield` | once polled, the body runs although its caller goes away |
/// | `locals(KEY, ..)` | the body sees these `tokio::task_local!` values of its caller's |
/// | `allow_blocking` | an async body may call what is known to block, which is an error otherwise |
/// | `skip` | on one method of a dispatched block: it stays as it is |
/// | `crate = path` | where `lionpride_concurrency` is, if not under its own name |
///
/// # Panics
///
/// Awaiting the function panics if its body does, with the same payload; and, where it hops, as
/// [`run_sync`] says.
///
/// # Cancel safety
///
/// That of [`run_sync`]: a call that is dropped before it starts never runs; one that has started
/// runs to its end.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
/// use std::path::PathBuf;
/// use lionpride_concurrency::dispatch;
///
/// #[dispatch]
/// fn lines(path: PathBuf) -> std::io::Result<usize> {
///     Ok(std::fs::read_to_string(path)?.lines().count())
/// }
///
/// #[dispatch]
/// async fn double(n: usize) -> usize {
///     n * 2
/// }
///
/// let n = lines("Cargo.toml".into()).await?;
/// assert_eq!(double(n).await, 2 * n);
/// # Ok(()) }
/// ```
///
/// A borrowed argument cannot follow the body to another thread. A copy of it can; and where the
/// body is cheap, it need not go there:
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # use lionpride_concurrency::dispatch;
/// #[dispatch(owned)]
/// fn longest_word(text: &str) -> usize {
///     text.split(' ').map(str::len).max().unwrap_or(0)
/// }
///
/// #[dispatch(inline)]
/// fn first_word(text: &str) -> &str {
///     text.split(' ').next().unwrap_or(text)
/// }
///
/// assert_eq!(longest_word("await the others").await, 6);
/// assert_eq!(first_word("call me").await, "call");
/// # }
/// ```
///
/// A dispatcher bounds what runs at once, or gives it a thread of its own. Every caller of the function
/// waits for the same one, which is why it is a `static`:
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use lionpride_concurrency::{Limiter, dispatch};
///
/// static DB: Limiter = Limiter::new("db", 8);
///
/// #[dispatch(on = DB)]
/// fn load(id: u32) -> String {
///     format!("row {id}, one of {} at once", DB.in_use())
/// }
///
/// assert_eq!(load(7).await, "row 7, one of 1 at once");
/// # }
/// ```
///
/// [guide]: https://docs.rs/lionpride-concurrency/latest/lionpride_concurrency/guide/dispatch/index.html
/// [`RunSync`]: https://docs.rs/lionpride-concurrency/latest/lionpride_concurrency/struct.RunSync.html
/// [`run_sync`]: https://docs.rs/lionpride-concurrency/latest/lionpride_concurrency/fn.run_sync.html
#[proc_macro_attribute]
pub fn dispatch(args: TokenStream, item: TokenStream) -> TokenStream {
    dispatch::dispatch(args.into(), item.into()).into()
}

/// Behind `lionpride_concurrency::callable!`, where its documentation is.
#[proc_macro]
pub fn callable(input: TokenStream) -> TokenStream {
    callable::callable(input.into()).unwrap_or_else(Error::into_compile_error).into()
}

/// Behind `lionpride_concurrency::is_async!`, where its documentation is.
#[proc_macro]
pub fn is_async(input: TokenStream) -> TokenStream {
    callable::is_async(input.into()).unwrap_or_else(Error::into_compile_error).into()
}

/// Behind `lionpride_concurrency::pipeline!`, where its documentation is.
#[proc_macro]
pub fn pipeline(input: TokenStream) -> TokenStream {
    pipeline::pipeline(input.into()).unwrap_or_else(Error::into_compile_error).into()
}
