//! How the arguments come to the body.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, Generics, Pat, PatType, Receiver, ReceiverKind, Signature, Type, parse_quote,
    parse_quote_spanned,
};

use super::this::This;
use crate::dispatch::types::{self, Hidden};
use crate::hygiene::{at, local};

/// The statements on both sides of the hop, in the order of the arguments.
#[derive(Default)]
pub(super) struct Bindings {
    /// Before it: the arguments made ready to cross.
    pub(super) leave: Vec<TokenStream>,
    /// Behind it: the user's patterns.
    pub(super) arrive: Vec<TokenStream>,
}

/// Gives the arguments plain names in the signature, and the statements that bring the user's
/// patterns back where the body runs. `this` is what the body calls a borrowed `self`.
pub(super) fn bind(krate: &TokenStream, sig: &mut Signature, this: Option<&This>) -> Bindings {
    let place = at(sig.ident.span());
    let generics = sig.generics.clone();
    let mut bindings = Bindings::default();
    for (index, arg) in sig.inputs.iter_mut().enumerate() {
        match (arg, this) {
            (FnArg::Receiver(receiver), Some(this)) => {
                bindings.lend_self(krate, receiver, this);
            }
            (FnArg::Receiver(receiver), None) => bindings.move_self(krate, receiver, place),
            (FnArg::Typed(arg), _) => bindings.argument(krate, arg, index, &generics),
        }
    }
    bindings
}

/// The statements for a body that stays where it is: only the patterns come back.
pub(super) fn bind_in_place(sig: &mut Signature) -> Vec<TokenStream> {
    let place = at(sig.ident.span());
    let patterns = sig.inputs.iter_mut().enumerate().map(|(index, arg)| match arg {
        FnArg::Receiver(receiver) => {
            let this = &receiver.self_token;
            quote_spanned!(place=> let _ = &#this;)
        }
        FnArg::Typed(arg) => {
            let Argument { attrs, name, pattern, .. } = Argument::take(arg, index);
            bind_pattern(&attrs, &pattern, &name, &name.to_token_stream())
        }
    });
    patterns.collect()
}

impl Bindings {
    fn move_self(&mut self, krate: &TokenStream, receiver: &Receiver, place: Span) {
        let this = &receiver.self_token;
        let declared = at(receiver.span());
        let ty = self_type(receiver);
        self.leave.push(quote_spanned!(declared=> <#ty as #krate::__private::Cross>::ask(&#this);));
        self.arrive.push(quote_spanned!(place=> let _ = &#this;));
    }

    // Input:  &self
    // Output: let kept = <&Self as Lent<_, _>>::own(self);
    //         let kept = (<_ as Cross>::cross(kept.0), kept.1);
    //         let kept = kept;
    //         let this = Lend::lend(&kept.1, &kept.0);
    fn lend_self(&mut self, krate: &TokenStream, receiver: &Receiver, this: &This) {
        let token = &receiver.self_token;
        let declared = at(receiver.span());
        let kept = local("kept", receiver.span());
        let own = own(krate, &self_type(receiver), &kept, &token.to_token_stream());
        self.leave.push(own);
        let whole = quote_spanned!(declared=> let #kept = #kept;);
        self.arrive.push(match &this.name {
            Some(name) => {
                let loan = loan(krate, &kept, declared);
                quote_spanned!(declared=> #whole let ref #name = *#loan;)
            }
            None => whole,
        });
    }

    // Input:  (a, b): (A, B)
    // Output: let __arg0 = <(A, B) as Cross>::cross(__arg0);
    //         let __arg0 = __arg0;
    //         let (a, b) = __arg0;
    fn argument(
        &mut self,
        krate: &TokenStream,
        arg: &mut PatType,
        index: usize,
        generics: &Generics,
    ) {
        let Argument { kept, attrs, name, pattern } = Argument::take(arg, index);
        let place = name.span();
        let ty = &arg.ty;
        if types::first(ty).is_some() {
            let own = own(krate, ty, &name, &name.to_token_stream());
            self.leave.push(quote_spanned!(place=> #(#kept)* #own));
            self.arrive.push(quote_spanned!(place=> #(#kept)* let #name = #name;));
            let loan = loan(krate, &name, place);
            if let Pat::Wild(_) = pattern {
                return;
            }
            self.arrive.push(bind_pattern(&attrs, &pattern, &name, &loan));
            return;
        }
        if !types::mentions_parameter(ty, generics) {
            let cross = cross(krate, ty);
            self.leave.push(quote_spanned!(place=> #(#kept)* let #name = #cross(#name);));
        }
        let whole = quote_spanned!(place=> #(#kept)* let #name = #name;);
        match &pattern {
            Pat::Ident(ident) if ident.by_ref.is_none() && ident.subpat.is_none() => {}
            Pat::Wild(_) => {
                self.arrive.push(whole);
                return;
            }
            _ => self.arrive.push(whole),
        }
        self.arrive.push(bind_pattern(&attrs, &pattern, &name, &name.to_token_stream()));
    }
}

/// The function that asks whether a value of this type may cross.
fn cross(krate: &TokenStream, ty: &Type) -> TokenStream {
    let Hidden { ty: hidden, .. } = Hidden::of(ty);
    quote_spanned!(at(ty.span())=> <#hidden as #krate::__private::Cross>::cross)
}

/// Makes an owned value of a borrowed one of this type, and asks whether that may cross.
fn own(krate: &TokenStream, ty: &Type, kept: &Ident, value: &TokenStream) -> TokenStream {
    let Hidden { ty: hidden, .. } = Hidden::of(ty);
    quote_spanned! {at(ty.span())=>
        let #kept = <#hidden as #krate::__private::Lent<_, _>>::own(#value);
        let #kept = (<_ as #krate::__private::Cross>::cross(#kept.0), #kept.1);
    }
}

/// The borrow of it on the other side.
fn loan(krate: &TokenStream, kept: &Ident, place: Span) -> TokenStream {
    quote_spanned!(place=> #krate::__private::Lend::lend(&#kept.1, &#kept.0))
}

/// What `self` is short for.
fn self_type(receiver: &Receiver) -> Type {
    let place = at(receiver.span());
    match &receiver.kind {
        ReceiverKind::Typed(_, ty) => (**ty).clone(),
        ReceiverKind::Value => parse_quote_spanned!(place=> Self),
        _ => parse_quote_spanned!(place=> &Self),
    }
}

fn bind_pattern(
    attrs: &[Attribute],
    pattern: &Pat,
    name: &Ident,
    value: &TokenStream,
) -> TokenStream {
    let place = name.span();
    let unused = match pattern {
        Pat::Ident(ident) if ident.ident.to_string().starts_with('_') => {
            Some(quote_spanned!(place=> #[allow(clippy::no_effect_underscore_binding)]))
        }
        _ => None,
    };
    quote_spanned!(place=> #(#attrs)* #unused let #pattern = #value;)
}

/// An argument, taken apart.
struct Argument {
    /// Its `cfg`s, which decide for it everywhere.
    kept: Vec<Attribute>,
    attrs: Vec<Attribute>,
    /// What the signature calls it now.
    name: Ident,
    pattern: Pat,
}

impl Argument {
    fn take(arg: &mut PatType, index: usize) -> Self {
        let name = outer_name(&arg.pat, index);
        let pattern = std::mem::replace(&mut *arg.pat, parse_quote!(#name));
        let attrs = std::mem::take(&mut arg.attrs);
        let is_cfg =
            |attr: &&Attribute| attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr");
        let kept: Vec<Attribute> = attrs.iter().filter(is_cfg).cloned().collect();
        arg.attrs.clone_from(&kept);
        Self { kept, attrs, name, pattern }
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
        _ => format_ident!("__arg{index}", span = Span::mixed_site()),
    }
}
