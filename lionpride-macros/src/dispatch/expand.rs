use proc_macro2::{Delimiter, Group, Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Expr, FnArg, Meta, Pat, PatType, ReturnType, Signature, Token, Type, parse_quote,
    parse_quote_spanned,
};

use super::model::Function;
use crate::hygiene::at;

// Input:  #[dispatch] fn f(a: A, (b, _): B) -> R { body }
// Output: fn f(a: A, __arg1: B) -> RunSync<impl Job<Output = R>> {
//             run_sync(move || -> R {
//                 let a = a;
//                 let __arg1 = __arg1;
//                 let (b, _) = __arg1;
//                 match () { () => { body } }
//             })
//         }
//
// The arguments are moved into the work as a whole, so that each lives until the body ends. The
// `match` ends the temporaries of the body's last expression before the arguments, as a function
// does; in the editions before 2024 a block does not.
pub(super) fn hop(krate: &TokenStream, function: Function) -> TokenStream {
    let Function { attrs, vis, mut sig, body } = function;
    let attrs = attrs.iter().filter(|attr| !is_bare_must_use(attr));
    let place = at(sig.ident.span());
    let bindings = bind_arguments(&mut sig);
    let (output, hidden, has_impl) = output(&sig.output);
    let work = quote_spanned! {place=>
        #krate::run_sync(move || -> #hidden {
            #(#bindings)*
            match () { () => #body }
        })
    };
    if has_impl {
        sig.asyncness = Some(Token![async](place));
        let block = in_braces_of(&body, quote_spanned!(place=> #work.await));
        return quote_spanned!(place=> #(#attrs)* #vis #sig #block);
    }
    sig.output =
        parse_quote_spanned!(place=> -> #krate::RunSync<impl #krate::Job<Output = #output>>);
    let block = in_braces_of(&body, work);
    quote_spanned!(place=> #(#attrs)* #vis #sig #block)
}

/// The user's braces around the function: what ends in generated code is no function of the user's
/// to a lint, which would not say that it is never called.
fn in_braces_of(body: &Group, work: TokenStream) -> Group {
    let mut block = Group::new(Delimiter::Brace, work);
    block.set_span(body.span());
    block
}

// Input:  #[dispatch(inline)] fn f(a: A) -> R { body }
// Output: async fn f(a: A) -> R { body }
pub(super) fn inline(mut function: Function) -> TokenStream {
    function.sig.asyncness = Some(Token![async](at(function.sig.fn_token.span)));
    quote!(#function)
}

/// `RunSync` must be used as it is, and saying it twice is a lint's business.
fn is_bare_must_use(attr: &Attribute) -> bool {
    matches!(&attr.meta, Meta::Path(path) if path.is_ident("must_use"))
}

/// Gives the arguments plain names in the signature, and returns the statements that bring the
/// user's patterns back inside the work.
fn bind_arguments(sig: &mut Signature) -> Vec<TokenStream> {
    let place = at(sig.ident.span());
    sig.inputs
        .iter_mut()
        .enumerate()
        .map(|(index, arg)| match arg {
            FnArg::Receiver(receiver) => {
                let this = &receiver.self_token;
                quote_spanned!(place=> let _ = &#this;)
            }
            FnArg::Typed(arg) => bind_argument(arg, index),
        })
        .collect()
}

fn bind_argument(arg: &mut PatType, index: usize) -> TokenStream {
    let name = outer_name(&arg.pat, index);
    let place = name.span();
    let outer: Pat = parse_quote!(#name);
    let pattern = std::mem::replace(&mut *arg.pat, outer);
    let (kept, all) = split_cfg(&mut arg.attrs);
    let whole = quote_spanned!(place=> #(#kept)* let #name = #name;);
    match pattern {
        Pat::Ident(ident) if ident.by_ref.is_none() && ident.subpat.is_none() => {
            let allow =
                ident.ident.to_string().starts_with('_').then(
                    || quote_spanned!(place=> #[allow(clippy::no_effect_underscore_binding)]),
                );
            quote_spanned!(place=> #(#all)* #allow let #ident = #name;)
        }
        Pat::Wild(_) => whole,
        pattern => quote_spanned!(place=> #whole #(#all)* let #pattern = #name;),
    }
}

/// The user's name for the argument, which the documentation shows, or a made-up one. Neither can
/// meet a name in the body.
fn outer_name(pattern: &Pat, index: usize) -> Ident {
    match pattern {
        Pat::Ident(ident) => {
            let mut name = ident.ident.clone();
            name.set_span(at(name.span()));
            name
        }
        _ => format_ident!("__arg{index}", span = proc_macro2::Span::mixed_site()),
    }
}

/// `cfg` decides for the argument everywhere. What speaks of the user's names stays with them.
fn split_cfg(attrs: &mut Vec<Attribute>) -> (Vec<Attribute>, Vec<Attribute>) {
    let all = std::mem::take(attrs);
    let is_cfg =
        |attr: &&Attribute| attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr");
    attrs.extend(all.iter().filter(is_cfg).cloned());
    (attrs.clone(), all)
}

/// The type of the work's result: as the user wrote it, with `_` for each `impl Trait`, which a
/// closure cannot name, and whether there is any.
fn output(output: &ReturnType) -> (Type, Type, bool) {
    let written = match output {
        ReturnType::Default => parse_quote!(()),
        ReturnType::Type(_, ty) => (**ty).clone(),
    };
    let mut hidden = written.clone();
    let mut hide = HideImpl { found: false };
    hide.visit_type_mut(&mut hidden);
    (written, hidden, hide.found)
}

struct HideImpl {
    found: bool,
}

impl VisitMut for HideImpl {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::ImplTrait(_) = ty {
            *ty = parse_quote!(_);
            self.found = true;
            return;
        }
        visit_mut::visit_type_mut(self, ty);
    }

    fn visit_expr_mut(&mut self, _: &mut Expr) {}
}
