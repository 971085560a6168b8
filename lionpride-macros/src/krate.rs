//! Where the generated code finds the runtime crate: `crate = path`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::{ParseStream, Result};
use syn::{Path, Token};

use crate::hygiene::at;

/// The head of a function-like macro: `crate = path,`, which the runtime crate's own
/// `macro_rules!` put there with `$crate`. It makes them work under any name of the crate.
pub(crate) fn parse_head(input: ParseStream<'_>) -> Result<TokenStream> {
    if !(input.peek(Token![crate]) && input.peek2(Token![=])) {
        return Ok(default(Span::mixed_site()));
    }
    input.parse::<Token![crate]>()?;
    input.parse::<Token![=]>()?;
    let path = input.call(Path::parse_mod_style)?;
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok(quote!(#path))
}

/// The crate under its own name.
pub(crate) fn default(place: Span) -> TokenStream {
    quote_spanned!(at(place)=> ::lionpride_concurrency)
}
