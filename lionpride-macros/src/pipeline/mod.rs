//! `pipeline!`: parse, expand. Only the syntax is checked here: whether the stages fit together is
//! the compiler's to say, at the stage.

mod expand;
mod parse;
mod text;
mod words;

use proc_macro2::TokenStream;
use syn::{Result, parse2};

pub(crate) fn pipeline(input: TokenStream) -> Result<TokenStream> {
    Ok(expand::expand(&parse2(input)?))
}
