//! `callable!` and `is_async!`: parse, expand. Only the syntax is checked here: the rest is the
//! compiler's to say, at the function.

mod expand;
mod parse;
mod partial;

use proc_macro2::TokenStream;
use syn::{Result, parse2};

pub(crate) use expand::Question;
pub(crate) use parse::{Function, named_call, without_parens};

pub(crate) fn callable(input: TokenStream) -> Result<TokenStream> {
    Ok(expand::callable(&parse2(input)?))
}

pub(crate) fn is_async(input: TokenStream) -> Result<TokenStream> {
    Ok(expand::is_async(&parse2(input)?))
}
