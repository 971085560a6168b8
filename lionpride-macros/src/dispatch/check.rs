//! What a function must not be, and what must not be said of it: one rule, one function.

use syn::{FnArg, Receiver, ReturnType, Type, TypeParamBound};

use super::args::Options;
use super::attrs;
use super::blocking;
use super::model::{Body, Function, Place};
use super::types::{self, Borrow, Lease};
use crate::error::Errors;

/// A function, what its own attribute says, and what holds for it.
pub(super) struct Subject<'a> {
    pub(super) function: &'a Function,
    pub(super) said: &'a Options,
    pub(super) options: &'a Options,
    pub(super) place: Place,
}

/// Applies every rule to a function.
pub(super) fn check(subject: &Subject<'_>, errors: &mut Errors) {
    no_declaration_alone(subject, errors);
    no_skip_alone(subject, errors);
    no_second_dispatch(subject, errors);
    let sig = &subject.function.sig;
    if sig.asyncness.is_some() || attrs::is_boxed_async(sig) {
        no_hop_options_on_async(subject, errors);
        no_blocking_calls(subject, errors);
        return;
    }
    no_contradiction(subject.said, errors);
    no_needless_permission(subject, errors);
    no_const(subject, errors);
    no_extern(subject, errors);
    no_variadic(subject, errors);
    no_track_caller(subject, errors);
    no_future(subject, errors);
    if subject.options.inline.is_some() {
        return;
    }
    no_never(subject, errors);
    if !subject.options.mistaken && matches!(subject.function.body, Body::Block(_)) {
        no_borrows(subject, errors);
        no_borrowed_output(subject, errors);
    }
}

/// Applies the rules for what a block says of all its methods.
pub(super) fn check_block(options: &Options, errors: &mut Errors) {
    no_contradiction(options, errors);
    if let Some(skip) = &options.skip {
        errors.at(skip, "`skip` is for one method in here: leave `#[dispatch]` away instead");
    }
}

/// A declaration has nothing to run, and means something in its trait only.
fn no_declaration_alone(subject: &Subject<'_>, errors: &mut Errors) {
    if let (Place::Alone, Body::Declared(semi)) = (subject.place, &subject.function.body) {
        let message = "`#[dispatch]` goes on a function that has a body, or on the whole trait";
        errors.at(semi, message);
    }
}

/// By itself a function is skipped by not being dispatched.
fn no_skip_alone(subject: &Subject<'_>, errors: &mut Errors) {
    if let (Place::Alone, Some(skip)) = (subject.place, &subject.said.skip) {
        let message = "`skip` is for a method of a dispatched block: leave `#[dispatch]` away";
        errors.at(skip, message);
    }
}

/// The second would dispatch what the first has made.
fn no_second_dispatch(subject: &Subject<'_>, errors: &mut Errors) {
    let attrs = &subject.function.attrs;
    for attr in attrs.iter().filter(|attr| attrs::is_dispatch(attr)) {
        errors.at(attr, "`#[dispatch]` is given twice: write all options into one");
    }
}

/// An `async fn` is awaited in place as it stands.
fn no_hop_options_on_async(subject: &Subject<'_>, errors: &mut Errors) {
    let said = subject.said;
    for word in said.inline.iter().chain(said.of_the_hop()) {
        let message = format!("an `async fn` is always awaited in place: remove `{word}`");
        errors.at(word, message);
    }
}

/// An async worker is not to wait for what is known to block.
fn no_blocking_calls(subject: &Subject<'_>, errors: &mut Errors) {
    if let (Body::Block(body), None) = (&subject.function.body, &subject.options.allow_blocking) {
        blocking::check(body, errors);
    }
}

/// What runs in place has no way to go.
fn no_contradiction(options: &Options, errors: &mut Errors) {
    if options.inline.is_none() {
        return;
    }
    for word in options.of_the_hop() {
        let why = if word == "owned" {
            "it may borrow"
        } else if word == "shield" {
            "it never waits in a queue"
        } else {
            "it sees its caller's task-locals"
        };
        let message = format!("with `inline` the body runs in place, and {why}: remove `{word}`");
        errors.at(word, message);
    }
}

/// A sync body is where blocking calls belong.
fn no_needless_permission(subject: &Subject<'_>, errors: &mut Errors) {
    if let Some(word) = &subject.said.allow_blocking {
        let message = "a sync function may block as it is: remove `allow_blocking`";
        errors.at(word, message);
    }
}

/// A future cannot be awaited in a constant.
fn no_const(subject: &Subject<'_>, errors: &mut Errors) {
    if let Some(token) = &subject.function.sig.constness {
        let message = "a `const fn` cannot be dispatched: remove `const`";
        errors.at(token, or_skip(message, subject));
    }
}

/// A foreign caller does not know what a future is.
fn no_extern(subject: &Subject<'_>, errors: &mut Errors) {
    if let Some(abi) = &subject.function.sig.abi {
        let message = "an `extern` function cannot be dispatched: remove `extern`";
        errors.at(abi, or_skip(message, subject));
    }
}

fn no_variadic(subject: &Subject<'_>, errors: &mut Errors) {
    if let Some(variadic) = &subject.function.sig.variadic {
        errors.at(variadic, "a variadic function cannot be dispatched: name the arguments");
    }
}

/// The body runs on another thread, called by the pool.
fn no_track_caller(subject: &Subject<'_>, errors: &mut Errors) {
    for attr in &subject.function.attrs {
        if attr.path().is_ident("track_caller") {
            let message = "the caller's line does not cross a hop: remove `#[track_caller]`";
            errors.at(attr, or_skip(message, subject));
        }
    }
}

/// A function that returns a future is async, whatever it is written as.
fn no_future(subject: &Subject<'_>, errors: &mut Errors) {
    let ReturnType::Type(_, ty) = &subject.function.sig.output else { return };
    let bounds = match &**ty {
        Type::ImplTrait(ty) => Some(&ty.bounds),
        ty => boxed_future(ty),
    };
    let is_future = |bound: &TypeParamBound| match bound {
        TypeParamBound::Trait(bound) => {
            bound.path.segments.last().is_some_and(|last| last.ident == "Future")
        }
        _ => false,
    };
    if bounds.is_some_and(|bounds| bounds.iter().any(is_future)) {
        let message = "this function returns a future already: write an `async fn`, \
                       or leave `#[dispatch]` away";
        errors.at(ty, or_skip(message, subject));
    }
}

type Bounds = syn::punctuated::Punctuated<TypeParamBound, syn::Token![+]>;

/// The bounds of `Pin<Box<dyn ..>>`.
fn boxed_future(ty: &Type) -> Option<&Bounds> {
    let pinned = only_argument(ty, "Pin")?;
    match only_argument(pinned, "Box")? {
        Type::TraitObject(ty) => Some(&ty.bounds),
        _ => None,
    }
}

fn only_argument<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == name)?;
    let syn::PathArguments::AngleBracketed(args) = &last.arguments else { return None };
    match args.args.first() {
        Some(syn::GenericArgument::Type(ty)) => Some(ty),
        _ => None,
    }
}

/// The pool waits for its threads.
fn no_never(subject: &Subject<'_>, errors: &mut Errors) {
    if let ReturnType::Type(_, ty) = &subject.function.sig.output {
        if let Type::Never(_) = &**ty {
            let message = "a function that never returns would keep its thread from the pool for \
                           ever: give it a thread of its own with `std::thread::spawn`";
            errors.at(ty, or_skip(message, subject));
        }
    }
}

/// The work may outlive its caller, so that it can borrow nothing from it.
fn no_borrows(subject: &Subject<'_>, errors: &mut Errors) {
    for arg in &subject.function.sig.inputs {
        match arg {
            FnArg::Receiver(receiver) => no_borrowed_self(subject, receiver, errors),
            FnArg::Typed(arg) => no_borrowed_argument(subject, &arg.ty, errors),
        }
    }
}

fn no_borrowed_self(subject: &Subject<'_>, receiver: &Receiver, errors: &mut Errors) {
    let lease = Lease::of(receiver);
    if lease == Lease::Mutable {
        errors.at(receiver, changes_are_lost("`self`"));
    } else if lease == Lease::Shared && subject.options.owned.is_none() {
        let instead =
            if subject.place.is_of_trait() { "" } else { "take `self: Arc<Self>` or `self`, " };
        let message = format!(
            "`self` is moved to another thread, which a borrow cannot reach: write \
             `#[dispatch(owned)]` to send a clone, {instead}or write `#[dispatch(inline)]` if the \
             body is cheap"
        );
        errors.at(receiver, message);
    }
}

fn no_borrowed_argument(subject: &Subject<'_>, ty: &Type, errors: &mut Errors) {
    let borrows = types::all(ty);
    let Some(first) = borrows.first() else { return };
    if let Some(Borrow::Reference(reference)) = borrows.iter().find(|borrow| borrow.is_mutable()) {
        errors.at(reference, changes_are_lost("the argument"));
    } else if subject.options.owned.is_none() {
        let message = borrowed_argument(subject.place, first);
        match first {
            Borrow::Reference(reference) => errors.at(reference, message),
            Borrow::Lifetime(lifetime) => errors.at(lifetime, message),
        }
    } else {
        only_one_deep(&borrows, errors);
    }
}

fn borrowed_argument(place: Place, borrow: &Borrow<'_>) -> String {
    let instead = match borrow {
        _ if place.is_of_trait() => String::new(),
        Borrow::Reference(reference) => format!("{}, ", types::owned_form(&reference.elem)),
        Borrow::Lifetime(_) => "take an owned value, ".to_owned(),
    };
    format!(
        "the arguments are moved to another thread, which a borrow cannot reach: write \
         `#[dispatch(owned)]` to send a copy, {instead}or write `#[dispatch(inline)]` if the body \
         is cheap"
    )
}

fn changes_are_lost(what: &str) -> String {
    format!(
        "what another thread changes through `&mut` cannot come back: take {what} by value and \
         return it, or write `#[dispatch(inline)]` if the body is cheap"
    )
}

/// An owned value of what holds borrows holds them still.
fn only_one_deep(borrows: &[Borrow<'_>], errors: &mut Errors) {
    for borrow in borrows {
        let Borrow::Reference(outer) = borrow else { continue };
        if outer.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident == "static") {
            continue;
        }
        if let Some(inner) = types::first(&outer.elem) {
            let message = "`owned` copies what a reference points to, and this still borrows \
                           inside: take an owned type, as `Vec<String>` for `&[&str]`";
            match inner {
                Borrow::Reference(reference) => errors.at(reference, message),
                Borrow::Lifetime(lifetime) => errors.at(lifetime, message),
            }
            return;
        }
    }
}

/// What the body borrows from is gone when it has ended.
fn no_borrowed_output(subject: &Subject<'_>, errors: &mut Errors) {
    if subject.options.owned.is_none() {
        return;
    }
    let ReturnType::Type(_, ty) = &subject.function.sig.output else { return };
    let message = "the result comes from another thread, and cannot borrow from the arguments";
    match types::first(ty) {
        Some(Borrow::Reference(reference)) => {
            let instead = types::owned_form(&reference.elem).replacen("take", "return", 1);
            errors.at(reference, format!("{message}: {instead}"));
        }
        Some(Borrow::Lifetime(lifetime)) => {
            errors.at(lifetime, format!("{message}: return an owned value"));
        }
        None => {}
    }
}

/// In a dispatched block the attribute of one method can also leave it alone.
fn or_skip(message: &str, subject: &Subject<'_>) -> String {
    match subject.place {
        Place::Alone => message.to_owned(),
        _ => format!("{message}, or write `#[dispatch(skip)]` on it"),
    }
}
