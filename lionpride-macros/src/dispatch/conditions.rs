//! `cfg` and `cfg_attr`, which a macro cannot decide: what depends on them is said under them.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, FnArg, Meta, Token};

use super::attrs;
use super::model::{Body, Function};
use super::types;
use crate::hygiene::at;

/// The conditions under which what has these attributes is there at all.
pub(super) fn of(attrs: &[Attribute]) -> Vec<TokenStream> {
    attrs.iter().filter_map(|attr| of_meta(&attr.meta)).collect()
}

/// What `cfg` is to ask for all of them.
pub(super) fn all(conditions: &[TokenStream]) -> Option<TokenStream> {
    match conditions {
        [] => None,
        [only] => Some(only.clone()),
        several => Some(quote!(all(#(#several),*))),
    }
}

// Input:  cfg(a)    cfg_attr(a, cfg(b), doc = "..")
// Output: a         any(not(a), b)
fn of_meta(meta: &Meta) -> Option<TokenStream> {
    match meta {
        Meta::List(list) if list.path.is_ident("cfg") => Some(list.tokens.clone()),
        meta => {
            let Conditional { condition, metas } = Conditional::of(meta)?;
            let conditions: Vec<_> = metas.iter().filter_map(of_meta).collect();
            let under = all(&conditions)?;
            Some(quote!(any(not(#condition), #under)))
        }
    }
}

/// `cfg_attr(condition, meta, ..)`
struct Conditional {
    condition: TokenStream,
    metas: Vec<Meta>,
}

impl Conditional {
    fn of(meta: &Meta) -> Option<Self> {
        let Meta::List(list) = meta else { return None };
        if !list.path.is_ident("cfg_attr") {
            return None;
        }
        let parse = |input: ParseStream<'_>| {
            let condition = input.parse::<Meta>()?.into_token_stream();
            input.parse::<Option<Token![,]>>()?;
            let metas = Punctuated::<Meta, Token![,]>::parse_terminated(input)?;
            Ok(Self { condition, metas: metas.into_iter().collect() })
        };
        parse.parse2(list.tokens.clone()).ok()
    }
}

/// Whether an attribute is such a one, or would be under a condition.
pub(super) fn may_be(attr: &Attribute, is: impl Fn(&Attribute) -> bool + Copy) -> bool {
    let under = |Conditional { metas, .. }: Conditional| {
        metas.into_iter().any(|meta| may_be(&Attribute { meta, ..attr.clone() }, is))
    };
    Conditional::of(&attr.meta).map_or_else(|| is(attr), under)
}

/// The function as it is under each condition that decides what is to be said of it.
// Input:  #[cfg_attr(a, dispatch(skip))] fn f() {}
// Output: #[cfg(a)] #[dispatch(skip)] fn f() {}
//         #[cfg(not(a))] fn f() {}
pub(super) fn split(function: Function) -> Vec<Function> {
    match split_attr(&function).or_else(|| split_argument(&function)) {
        Some(both) => both.into_iter().flat_map(split).collect(),
        None => vec![function],
    }
}

/// On an attribute of which the rules have to know.
fn split_attr(function: &Function) -> Option<[Function; 2]> {
    let decides =
        |attr: &Attribute| attrs::is_dispatch(attr) || attr.path().is_ident("track_caller");
    let is_split = |attr: &Attribute| !decides(attr) && may_be(attr, decides);
    let index = function.attrs.iter().position(is_split)?;
    let attr = &function.attrs[index];
    let Conditional { condition, metas } = Conditional::of(&attr.meta)?;
    let metas = metas.into_iter().map(|meta| Attribute { meta, ..attr.clone() });
    let with = |attrs: Vec<Attribute>, condition| {
        let mut function = function.clone();
        function.attrs.splice(index..=index, attrs);
        under(&condition, function)
    };
    let holds = with(metas.collect(), condition.clone());
    Some([holds, with(Vec::new(), quote!(not(#condition)))])
}

/// On an argument that borrows.
fn split_argument(function: &Function) -> Option<[Function; 2]> {
    if function.sig.asyncness.is_some() || matches!(function.body, Body::Declared(_)) {
        return None;
    }
    let inputs = &function.sig.inputs;
    let index = inputs.iter().position(|arg| match arg {
        FnArg::Receiver(receiver) => !of(&receiver.attrs).is_empty(),
        FnArg::Typed(arg) => !of(&arg.attrs).is_empty() && types::first(&arg.ty).is_some(),
    })?;
    let (mut with, mut without) = (function.clone(), function.clone());
    let attrs = match &mut with.sig.inputs[index] {
        FnArg::Receiver(receiver) => &mut receiver.attrs,
        FnArg::Typed(arg) => &mut arg.attrs,
    };
    let condition = all(&of(attrs))?;
    attrs.retain(|attr| of_meta(&attr.meta).is_none());
    let others = inputs.pairs().enumerate().filter(|(other, _)| *other != index);
    without.sig.inputs = others.map(|(_, pair)| pair.cloned()).collect();
    let not = quote!(not(#condition));
    Some([under(&condition, with), under(&not, without)])
}

fn under(condition: &TokenStream, mut function: Function) -> Function {
    let place = at(Span::call_site());
    function.attrs.insert(0, syn::parse_quote_spanned!(place=> #[cfg(#condition)]));
    function
}
