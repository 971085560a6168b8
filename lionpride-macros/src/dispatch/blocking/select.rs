//! The branches of `tokio::select!` and `futures::select!`.

use syn::ext::IdentExt;
use syn::parse::{ParseStream, Result};
use syn::{Expr, Ident, Pat, Token};

pub(super) enum Part {
    Awaited(Expr),
    Evaluated(Expr),
}

/// All their expressions.
// Input:  biased; pattern = future, if condition => handler, else => handler
// Output: future  condition  handler  handler
pub(super) fn parts(input: ParseStream<'_>) -> Result<Vec<Part>> {
    let mut found = Vec::new();
    if input.peek(Ident) && input.peek2(Token![;]) {
        input.parse::<Ident>()?;
        input.parse::<Token![;]>()?;
    }
    while !input.is_empty() {
        if !is_last(input) {
            Pat::parse_multi_with_leading_vert(input)?;
            input.parse::<Token![=]>()?;
            found.push(Part::Awaited(input.parse()?));
            if input.parse::<Option<Token![,]>>()?.is_some() {
                input.parse::<Token![if]>()?;
                found.push(Part::Evaluated(input.parse()?));
            }
        }
        input.parse::<Token![=>]>()?;
        found.push(Part::Evaluated(input.call(Expr::parse_with_earlier_boundary_rule)?));
        input.parse::<Option<Token![,]>>()?;
    }
    Ok(found)
}

/// `else`, and `complete` and `default`: nothing is awaited.
fn is_last(input: ParseStream<'_>) -> bool {
    if !(input.peek2(Token![=>]) && (input.peek(Token![else]) || input.peek(Ident))) {
        return false;
    }
    input.call(Ident::parse_any).is_ok()
}
