//! What a dispatched function cannot be.

use syn::{ReturnType, Type, TypeParamBound};

use super::Subject;
use crate::dispatch::attrs;
use crate::dispatch::model::{Body, Place};
use crate::dispatch::types;
use crate::error::Errors;

/// Applies every rule of a signature.
pub(super) fn check(subject: &Subject<'_>, errors: &mut Errors) {
    let sig = &subject.function.sig;
    if sig.asyncness.is_some() || attrs::is_boxed_async(sig) {
        return;
    }
    no_const(subject, errors);
    no_extern(subject, errors);
    no_variadic(subject, errors);
    no_track_caller(subject, errors);
    no_future(subject, errors);
    if subject.options.inline.is_none() {
        no_never(subject, errors);
    }
}

/// A declaration has nothing to run, and means something in its trait only.
pub(super) fn no_declaration_alone(subject: &Subject<'_>, errors: &mut Errors) {
    if let (Place::Alone, Body::Declared(semi)) = (subject.place, &subject.function.body) {
        let message = "`#[dispatch]` goes on a function that has a body, or on the whole trait";
        errors.at(semi, message);
    }
}

/// A future cannot be awaited in a constant. In a trait the compiler says so itself.
fn no_const(subject: &Subject<'_>, errors: &mut Errors) {
    if subject.place.is_of_trait() {
        return;
    }
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
        let instead = match subject.place {
            Place::Alone => "leave `#[dispatch]` away",
            _ => "write `#[dispatch(skip)]` on it",
        };
        let message =
            format!("this function returns a future already: write an `async fn`, or {instead}");
        errors.at(ty, message);
    }
}

type Bounds = syn::punctuated::Punctuated<TypeParamBound, syn::Token![+]>;

/// The bounds of `Pin<Box<dyn ..>>`.
fn boxed_future(ty: &Type) -> Option<&Bounds> {
    let pinned = types::only_argument(ty, "Pin")?;
    match types::only_argument(pinned, "Box")? {
        Type::TraitObject(ty) => Some(&ty.bounds),
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

/// In a dispatched block the attribute of one method can also leave it alone.
fn or_skip(message: &str, subject: &Subject<'_>) -> String {
    match subject.place {
        Place::Alone => message.to_owned(),
        _ => format!("{message}, or write `#[dispatch(skip)]` on it"),
    }
}
