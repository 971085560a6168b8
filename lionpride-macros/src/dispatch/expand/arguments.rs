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
    let asking = Asking { krate, generics: &generics };
    let stem = stem(sig);
    let mut bindings = Bindings::default();
    for (index, arg) in sig.inputs.iter_mut().enumerate() {
        let made_up = format!("{stem}{index}");
        match (arg, this) {
            (FnArg::Receiver(receiver), Some(this)) => {
                bindings.lend_self(&asking, receiver, &made_up, this);
            }
            (FnArg::Receiver(receiver), None) => bindings.move_self(&asking, receiver, place),
            (FnArg::Typed(arg), _) => bindings.argument(&asking, arg, &made_up),
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
    fn move_self(&mut self, asking: &Asking<'_>, receiver: &Receiver, place: Span) {
        let krate = asking.krate;
        let this = &receiver.self_token;
        let declared = at(receiver.span());
        let ty = self_type(receiver);
        self.leave
            .push(quote_spanned!(declared=> let _ = <#ty as #krate::__private::Sends>::may_cross;));
        self.arrive.push(quote_spanned!(place=> let _ = &#this;));
    }

    // Input:  &self
    // Output: let __arg0 = <&Self as Lent<_, _>>::own(self);
    //         <_ as Sends>::ask(&__arg0.0);
    //         let __arg0 = __arg0;
    //         let ref this = *Lend::lend(&__arg0.1, &__arg0.0);
    //
    // Of a binding by `ref` the compiler does not say how to declare it otherwise.
    fn lend_self(&mut self, asking: &Asking<'_>, receiver: &Receiver, made_up: &str, this: &This) {
        let krate = asking.krate;
        let token = &receiver.self_token;
        let declared = at(receiver.span());
        let kept = local(made_up, receiver.span());
        let own = asking.own(&self_type(receiver));
        self.leave.push(quote_spanned! {declared=>
            let #kept = #own(#token);
            <_ as #krate::__private::Sends>::ask(&#kept.0);
        });
        let whole = quote_spanned!(declared=> let #kept = #kept;);
        self.arrive.push(match &this.name {
            Some(name) => {
                let loan = asking.loan(&kept, declared);
                quote_spanned!(declared=> #whole let ref #name = *#loan;)
            }
            None => whole,
        });
    }

    // Input:  (a, b): (A, B)
    // Output: let _ = <(A, B) as Cross>::may_cross;
    //         let __arg0 = __arg0;
    //         let (a, b) = __arg0;
    fn argument(&mut self, asking: &Asking<'_>, arg: &mut PatType, made_up: &str) {
        let Argument { kept, attrs, name, pattern } = Argument::take(arg, made_up);
        let place = name.span();
        let ty = &arg.ty;
        if types::first(ty).is_some() {
            self.lent_argument(asking, ty, &Argument { kept, attrs, name, pattern });
            return;
        }
        if let Some(asked) = asking.may_cross(ty, &name) {
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

    // Input:  a: &A
    // Output: let a = <&A as Lent<_, _>>::own(a);
    //         let a = (<_ as Cross>::cross(a.0), a.1);
    //         let a = a;
    //         let a = Lend::lend(&a.1, &a.0);
    fn lent_argument(&mut self, asking: &Asking<'_>, ty: &Type, argument: &Argument) {
        let Argument { kept, attrs, name, pattern } = argument;
        let place = name.span();
        let declared = at(ty.span());
        let own = asking.own(ty);
        self.leave.push(quote_spanned!(place=> #(#kept)* let #name = #own(#name);));
        if let Some(cross) = asking.cross_owned(ty) {
            let crossed = quote_spanned!(declared=> (#cross(#name.0), #name.1));
            self.leave.push(quote_spanned!(place=> #(#kept)* let #name = #crossed;));
        }
        self.arrive.push(quote_spanned!(place=> #(#kept)* let #name = #name;));
        if !matches!(pattern, Pat::Wild(_)) {
            let loan = asking.loan(name, place);
            self.arrive.push(bind_pattern(attrs, pattern, name, &loan));
        }
    }
}

/// What is asked of the types of the arguments.
struct Asking<'a> {
    krate: &'a TokenStream,
    generics: &'a Generics,
}

impl Asking<'_> {
    /// Asks whether values of this type may cross: of the type, if it can be named here.
    fn may_cross(&self, ty: &Type, name: &Ident) -> Option<TokenStream> {
        let Self { krate, .. } = self;
        let asked = self.question(ty)?;
        let place = at(ty.span());
        let Hidden { ty: hidden, has_impl } = Hidden::of(ty);
        let question = quote_spanned!(place=> <#hidden as #krate::__private::#asked>);
        Some(if has_impl {
            quote_spanned!(place=> #question::ask(&#name);)
        } else {
            quote_spanned!(place=> let _ = #question::may_cross;)
        })
    }

    /// The same of what was made of a borrowed value of this type.
    fn cross_owned(&self, ty: &Type) -> Option<TokenStream> {
        let Self { krate, .. } = self;
        let asked = self.question(ty)?;
        Some(quote_spanned!(at(ty.span())=> <_ as #krate::__private::#asked>::cross))
    }

    /// Which trait asks it. Of what speaks of a type parameter nothing is asked: the bound that it
    /// lacks may be the result's as well, and is missed once, where the function is declared. For
    /// the same reason nobody asks an `impl Trait` whether it is `'static`.
    fn question(&self, ty: &Type) -> Option<Ident> {
        if types::mentions_parameter(ty, self.generics) {
            return None;
        }
        let name = if Hidden::of(ty).has_impl { "Sends" } else { "Cross" };
        Some(local(name, ty.span()))
    }

    /// The function that makes an owned value of a borrowed one of this type.
    fn own(&self, ty: &Type) -> TokenStream {
        let Self { krate, .. } = self;
        let Hidden { ty: hidden, .. } = Hidden::of(ty);
        quote_spanned!(at(ty.span())=> <#hidden as #krate::__private::Lent<_, _>>::own)
    }

    /// The borrow of it on the other side.
    fn loan(&self, kept: &Ident, place: Span) -> TokenStream {
        let Self { krate, .. } = self;
        quote_spanned!(place=> #krate::__private::Lend::lend(&#kept.1, &#kept.0))
    }
}

/// What `self` is short for.
fn self_type(receiver: &Receiver) -> Type {
    let place = at(receiver.span());
    match &receiver.kind {
        ReceiverKind::Typed(_, ty) => (**ty).clone(),
        ReceiverKind::Value => Type::Verbatim(quote_spanned!(place=> Self)),
        _ => Type::Verbatim(quote_spanned!(place=> &Self)),
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
        _ => local(made_up, pattern.span()),
    }
}
