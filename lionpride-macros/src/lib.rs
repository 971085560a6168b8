//! The macros of [`lionpride-concurrency`](https://docs.rs/lionpride-concurrency): use them from
//! there. That crate is the only dependency to add.

mod callable;
mod dispatch;
mod error;
mod hygiene;
mod krate;
mod pipeline;

use proc_macro::TokenStream;
use syn::Error;

/// Makes a function awaitable.
#[proc_macro_attribute]
pub fn dispatch(args: TokenStream, item: TokenStream) -> TokenStream {
    dispatch::dispatch(args.into(), item.into()).into()
}

/// x
#[proc_macro]
pub fn callable(input: TokenStream) -> TokenStream {
    callable::callable(input.into()).unwrap_or_else(Error::into_compile_error).into()
}

/// x
#[proc_macro]
pub fn is_async(input: TokenStream) -> TokenStream {
    callable::is_async(input.into()).unwrap_or_else(Error::into_compile_error).into()
}

/// x
#[proc_macro]
pub fn pipeline(input: TokenStream) -> TokenStream {
    pipeline::pipeline(input.into()).unwrap_or_else(Error::into_compile_error).into()
}
