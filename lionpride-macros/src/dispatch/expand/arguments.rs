//! How the arguments come to the body.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, Generics, Pat, PatType, Receiver, ReceiverKind, Signature, Type};

use super::this::This;
use crate::dispatch::types::{self, Hidden};
use crate::hygiene::{at, local, unused};

/// The statements on both sides of the hop, in the order of the arguments.
#[derive(Default)]
pub(super) struct Bindings {
    /// Before it: whether the arguments may cross, and what goes in the place of a borrow.
    pub(super) leave: Vec<TokenStream>,
    /// Behind it: the user's patterns.
    pub(super) arrive: Vec<TokenStream>,
}

/// Gives the arguments plain names in the signature, and the statements that bring the user's
/// patterns back where the body runs. `this` is what the body calls a borrowed `self`.
pub(super) fn bind(krate: &TokenStream, sig: &mut Signature, this: Option<&This>) -> Bindings {
    let place = at(sig.ident.span());
    let generics = sig.generics.clone();
    let stem = stem(sig);
    let mut bindings = Bindings::default();
    for (index, arg) in sig.inputs.iter_mut().enumerate() {
        let made_up = format!("{stem}{index}");
        match (arg, this) {
            (FnArg::Receiver(receiver), Some(this)) => {
                bindings.lend_self(krate, receiver, &made_up, this);
            }
            (FnArg::Receiver(receiver), None) => bindings.move_self(krate, receiver, place),
            (FnArg::Typed(arg), _) => bindings.argument(krate, arg, &made_up, &generics),
        }
    }
    bindings
}

/// The statements for a body that stays where it is: only the patterns come back.
pub(super) fn bind_in_place(sig: &mut Signature) -> Vec<TokenStream> {
    let place = at(sig.ident.span());
    let stem = stem(sig);
    let patterns = sig.inputs.iter_mut().enumerate().map(|(index, arg)| match arg {
        FnArg::Receiver(receiver) => {
            let this = &receiver.self_token;
            quote_spanned!(place=> let _ = &#this;)
        }
        FnArg::Typed(arg) => {
            let Argument { attrs, name, pattern, .. } =
                Argument::take(arg, &format!("{stem}{index}"));
            bind_pattern(&attrs, &pattern, &name, &name.to_token_stream())
        }
    });
    patterns.collect()
}

/// What made-up names begin with, where some are needed: they have the hygiene of the arguments' own.
fn stem(sig: &Signature) -> String {
    let is_named =
        |arg: &FnArg| matches!(arg, FnArg::Typed(arg) if matches!(*arg.pat, Pat::Ident(_)));
    if sig.inputs.iter().all(is_named) {
        return String::new();
    }
    unused("__arg", &sig.inputs.to_token_stream().to_string())
}

impl Bindings {
    fn move_self(&mut self, krate: &TokenStream, receiver: &Receiver, place: Span) {
        let this = &receiver.self_token;
        let declared = match &receiver.kind {
            ReceiverKind::Typed(_, ty) => (**ty).clone(),
            _ => Type::Verbatim(quote_spanned!(receiver.span()=> Self)),
        };
        self.leave.push(may_cross(krate, &declared));
        self.arrive.push(quote_spanned!(place=> let _ = &#this;));
    }

    // Input:  &self
    // Output: let __arg0 = Lent::own(self);
    //         let this = Keep::lend(&__arg0);
    fn lend_self(&mut self, krate: &TokenStream, receiver: &Receiver, made_up: &str, this: &This) {
        let token = &receiver.self_token;
        let declared = at(receiver.span());
        let kept = local(made_up, receiver.span());
        let own = if let ReceiverKind::Typed(_, ty) = &receiver.kind {
            own(krate, ty)
        } else {
            quote_spanned!(declared=> #krate::__private::Lent::own)
        };
        self.leave.push(quote_spanned!(declared=> let #kept = #own(#token);));
        let whole = quote_spanned!(declared=> let #kept = #kept;);
        self.arrive.push(match &this.name {
            Some(name) => quote_spanned! {declared=>
                #whole
                let #name = #krate::__private::Keep::lend(&#kept);
            },
            None => whole,
        });
    }

    // Input:  (a, b): (A, B)
    // Output: let _ = <(A, B) as Cross>::may_cross;
    //         let __arg0 = __arg0;
    //         let (a, b) = __arg0;
    fn argument(
        &mut self,
        krate: &TokenStream,
        arg: &mut PatType,
        made_up: &str,
        generics: &Generics,
    ) {
        let Argument { kept, attrs, name, pattern } = Argument::take(arg, made_up);
        let place = name.span();
        let ty = &arg.ty;
        if types::first(ty).is_some() {
            let own = own(krate, ty);
            self.leave.push(quote_spanned!(place=> #(#kept)* let #name = #own(#name);));
            self.arrive.push(quote_spanned!(place=> #(#kept)* let #name = #name;));
            let loan = quote_spanned!(place=> #krate::__private::Keep::lend(&#name));
            if let Pat::Wild(_) = pattern {
                return;
            }
            self.arrive.push(bind_pattern(&attrs, &pattern, &name, &loan));
            return;
        }
        if !types::is_generic(ty, generics) {
            let asked = may_cross(krate, ty);
            self.leave.push(quote_spanned!(place=> #(#kept)* #asked));
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

/// Asks whether values of a type may cross, where the user wrote the type.
fn may_cross(krate: &TokenStream, ty: &Type) -> TokenStream {
    let place = at(ty.span());
    quote_spanned!(place=> let _ = <#ty as #krate::__private::Cross>::may_cross;)
}

/// The function that makes an owned value of a borrowed one of this type.
fn own(krate: &TokenStream, ty: &Type) -> TokenStream {
    let Hidden { ty, .. } = Hidden::of(ty);
    quote_spanned!(at(ty.span())=> <#ty as #krate::__private::Lent>::own)
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
    fn take(arg: &mut PatType, made_up: &str) -> Self {
        let name = outer_name(&arg.pat, made_up);
        let pattern = std::mem::replace(&mut *arg.pat, Pat::Verbatim(name.to_token_stream()));
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
fn outer_name(pattern: &Pat, made_up: &str) -> Ident {
    match pattern {
        Pat::Ident(ident) => {
            let mut name = ident.ident.clone();
            name.set_span(at(name.span()));
            name
        }
        _ => Ident::new(made_up, Span::mixed_site()),
    }
}
