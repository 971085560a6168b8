//! `#[dispatch]`: args, model, check, expand.

mod args;
mod check;
mod expand;
mod model;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, Result, parse2};

use self::args::Args;
use self::model::Function;

/// On a mistake the function still comes out, awaitable, beside the error: its callers have done
/// nothing wrong.
pub(crate) fn dispatch(args: TokenStream, item: TokenStream) -> TokenStream {
    let function = match parse2::<Function>(item.clone()) {
        Ok(function) => function,
        Err(error) => return beside(&error, &item),
    };
    match expanded(args, &function, &item) {
        Ok(output) => output,
        Err(error) => beside(&error, &awaitable(function, item)),
    }
}

fn expanded(args: TokenStream, function: &Function, item: &TokenStream) -> Result<TokenStream> {
    let args = Args::parse(args)?;
    check::check(&args, function)?;
    Ok(if function.sig.asyncness.is_some() {
        item.clone()
    } else if args.inline.is_some() {
        expand::inline(function.clone())
    } else {
        expand::hop(&args.krate(function.sig.ident.span()), function.clone())
    })
}

fn awaitable(function: Function, item: TokenStream) -> TokenStream {
    let sig = &function.sig;
    let stays = sig.asyncness.is_some() || sig.constness.is_some() || sig.abi.is_some();
    if stays { item } else { expand::inline(function) }
}

fn beside(error: &Error, item: &TokenStream) -> TokenStream {
    let error = error.to_compile_error();
    quote!(#item #error)
}
