//! A function as `#[dispatch]` sees it: its signature, and its body as tokens.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream, Parser, Result};
use syn::{AttrStyle, Attribute, Error, LitStr, Signature, Token, Visibility};

/// The body is not parsed: one that is still being typed keeps its function.
#[derive(Clone)]
pub(super) struct Function {
    /// The inner attributes of the body too: what stands for the body has no place for them.
    pub(super) attrs: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) sig: Signature,
    pub(super) body: Group,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let sig = signature(input)?;
        let (inner, body) = split_inner_attrs(input.parse()?);
        attrs.extend(inner);
        Ok(Self { attrs, vis, sig, body })
    }
}

/// Everything that is not a function fails here, at its first token.
fn signature(input: ParseStream<'_>) -> Result<Signature> {
    let begin = input.span();
    if input.peek(Token![impl]) || input.peek(Token![trait]) {
        let message = "`#[dispatch]` goes on a function: write it on each one in here";
        return Err(Error::new(begin, message));
    }
    if !begins_like_a_function(input) {
        return Err(Error::new(begin, "`#[dispatch]` goes on a function"));
    }
    let sig = input.parse()?;
    if input.peek(Token![;]) {
        return Err(input.error("`#[dispatch]` goes on a function that has a body"));
    }
    Ok(sig)
}

/// Modifiers, and then `fn`.
fn begins_like_a_function(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    while ahead.peek(Token![const])
        || ahead.peek(Token![async])
        || ahead.peek(Token![unsafe])
        || ahead.peek(Token![extern])
        || ahead.peek(LitStr)
    {
        if ahead.parse::<TokenTree>().is_err() {
            return false;
        }
    }
    ahead.peek(Token![fn])
}

fn split_inner_attrs(body: Group) -> (Vec<Attribute>, Group) {
    let split = |input: ParseStream<'_>| {
        let attrs = input.call(Attribute::parse_inner)?;
        Ok((attrs, input.parse::<TokenStream>()?))
    };
    match split.parse2(body.stream()) {
        Ok((attrs, rest)) if !attrs.is_empty() => {
            let outer = |attr| Attribute { style: AttrStyle::Outer, ..attr };
            let mut without = Group::new(body.delimiter(), rest);
            without.set_span(body.span());
            (attrs.into_iter().map(outer).collect(), without)
        }
        _ => (Vec::new(), body),
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attrs, vis, sig, body } = self;
        tokens.extend(quote!(#(#attrs)* #vis #sig #body));
    }
}
