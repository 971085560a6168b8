//! How the arguments come to the body.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    Attribute, FnArg, Generics, Pat, PatIdent, PatType, Receiver, ReceiverKind, Signature, Token,
    Type,
};

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
    let names = names(sig, this.is_some());
    let mut bindings = Bindings::default();
    for (arg, name) in sig.inputs.iter_mut().zip(names) {
        match (arg, this) {
            (FnArg::Receiver(receiver), Some(this)) => {
                bindings.lend_self(&asking, receiver, &name, this);
            }
            (FnArg::Receiver(receiver), None) => bindings.move_self(&asking, receiver, place),
            (FnArg::Typed(arg), _) => bindings.argument(&asking, arg, name),
        }
    }
    bindings
}

/// The statements for a body that stays where it is: only the patterns come back.
pub(super) fn bind_in_place(sig: &mut Signature) -> Vec<TokenStream> {
    let place = at(sig.ident.span());
    let names = names(sig, false);
    let mut bindings = Bindings::default();
    for (arg, name) in sig.inputs.iter_mut().zip(names) {
        match arg {
            FnArg::Receiver(receiver) => bindings.keep_self(receiver, place),
            FnArg::Typed(arg) => bindings.arrive_whole(&Argument::take(arg, name)),
        }
    }
    bindings.arrive
}

/// What each argument is called outside of the body: by the user's name, which the documentation
/// shows, or by a made-up one. Neither can meet a name in the body.
fn names(sig: &Signature, lends_self: bool) -> Vec<Ident> {
    let mut stem = None;
    let mut made_up = |index: usize, span| {
        // They have the hygiene of the arguments' own.
        let text = || unused("__arg", &sig.inputs.to_token_stream().to_string());
        local(&format!("{}{index}", stem.get_or_insert_with(text)), span)
    };
    let name = |(index, arg): (usize, &FnArg)| match arg {
        FnArg::Receiver(receiver) if lends_self => made_up(index, receiver.span()),
        FnArg::Receiver(receiver) => receiver.self_token.into(),
        FnArg::Typed(arg) => match &*arg.pat {
            Pat::Ident(pattern) if is_again(sig, &pattern.ident) => pattern.ident.clone(),
            Pat::Ident(pattern) => {
                let mut name = pattern.ident.clone();
                name.set_span(at(name.span()));
                name
            }
            pattern => made_up(index, pattern.span()),
        },
    };
    sig.inputs.iter().enumerate().map(name).collect()
}

/// Whether two arguments have this name. Then only its hygiene can tell whether they are the same,
/// which is the compiler's business.
fn is_again(sig: &Signature, name: &Ident) -> bool {
    let same = |arg: &&FnArg| match arg {
        FnArg::Typed(arg) => matches!(&*arg.pat, Pat::Ident(pattern) if pattern.ident == *name),
        FnArg::Receiver(_) => false,
    };
    sig.inputs.iter().filter(same).nth(1).is_some()
}

impl Bindings {
    fn move_self(&mut self, asking: &Asking<'_>, receiver: &Receiver, place: Span) {
        let krate = asking.krate;
        let declared = at(receiver.span());
        let ty = self_type(receiver);
        self.leave
            .push(quote_spanned!(declared=> let _ = <#ty as #krate::__private::Sends>::may_cross;));
        self.keep_self(receiver, place);
    }

    fn keep_self(&mut self, receiver: &Receiver, place: Span) {
        let this = &receiver.self_token;
        self.arrive.push(quote_spanned!(place=> let _ = &#this;));
    }

    // Input:  &self
    // Output: let __arg0 = <&Self as Lent<_, _>>::own(self);
    //         <_ as Sends>::ask(&__arg0.0);
    //         let __arg0 = __arg0;
    //         let ref this = *Lend::lend(&__arg0.1, &__arg0.0);
    //
    // Of a binding by `ref` the compiler does not say how to declare it otherwise.
    fn lend_self(&mut self, asking: &Asking<'_>, receiver: &Receiver, kept: &Ident, this: &This) {
        let krate = asking.krate;
        let token = &receiver.self_token;
        let declared = at(receiver.span());
        let own = asking.own(&self_type(receiver));
        self.leave.push(quote_spanned! {declared=>
            let #kept = #own(#token);
            <_ as #krate::__private::Sends>::ask(&#kept.0);
        });
        let whole = quote_spanned!(declared=> let #kept = #kept;);
        self.arrive.push(match &this.name {
            Some(name) => {
                let loan = asking.loan(kept, declared);
                quote_spanned!(declared=> #whole let ref #name = *#loan;)
            }
            None => whole,
        });
    }

    // Input:  (a, b): (A, B)
    // Output: let _ = <(A, B) as Cross>::may_cross;
    //         let __arg0 = __arg0;
    //         let (a, b) = __arg0;
    fn argument(&mut self, asking: &Asking<'_>, arg: &mut PatType, name: Ident) {
        let argument = Argument::take(arg, name);
        let Argument { kept, name, .. } = &argument;
        let ty = &arg.ty;
        if types::first(ty).is_some() {
            self.lent_argument(asking, ty, &argument);
            return;
        }
        if let Some(asked) = asking.may_cross(ty, name) {
            self.leave.push(quote_spanned!(name.span()=> #(#kept)* #asked));
        }
        self.arrive_whole(&argument);
    }

    /// What a pattern leaves lives as long as what it takes: the argument comes first, and then its
    /// parts.
    fn arrive_whole(&mut self, argument: &Argument) {
        let Argument { kept, attrs, name, pattern } = argument;
        let is_plain = matches!(pattern, Pat::Ident(ident) if ident.by_ref.is_none() && ident.subpat.is_none());
        if !is_plain {
            let mutable = changes(pattern).then(|| Token![mut](name.span()));
            self.arrive.push(quote_spanned!(name.span()=> #(#kept)* let #mutable #name = #name;));
        }
        if !matches!(pattern, Pat::Wild(_)) {
            self.arrive.push(bind_pattern(attrs, pattern, name, &name.to_token_stream()));
        }
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
        ReceiverKind::Reference(_, lifetime, mutable) => {
            Type::Verbatim(quote_spanned!(place=> & #lifetime #mutable Self))
        }
        _ => Type::Verbatim(quote_spanned!(place=> Self)),
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
    fn take(arg: &mut PatType, name: Ident) -> Self {
        let pattern = std::mem::replace(&mut *arg.pat, Pat::Verbatim(name.to_token_stream()));
        let attrs = std::mem::take(&mut arg.attrs);
        let is_cfg =
            |attr: &&Attribute| attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr");
        let kept: Vec<Attribute> = attrs.iter().filter(is_cfg).cloned().collect();
        arg.attrs.clone_from(&kept);
        Self { kept, attrs, name, pattern }
    }
}

/// Whether a pattern has a `ref mut`, which an argument allows and only a `mut` variable does.
fn changes(pattern: &Pat) -> bool {
    let mut search = RefMut(false);
    search.visit_pat(pattern);
    search.0
}

struct RefMut(bool);

impl<'ast> Visit<'ast> for RefMut {
    fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
        self.0 |= pattern.by_ref.is_some() && pattern.mutability.is_some();
        visit::visit_pat_ident(self, pattern);
    }
}
