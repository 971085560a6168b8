//! What a body on another thread cannot borrow.

use syn::{FnArg, Receiver, ReceiverKind, ReturnType, Type};

use super::Subject;
use crate::dispatch::expand;
use crate::dispatch::model::{Body, Place};
use crate::dispatch::types::{self, Borrow, Lease};
use crate::error::Errors;

/// Applies every rule of what is borrowed.
pub(super) fn check(subject: &Subject<'_>, errors: &mut Errors) {
    no_borrows(subject, errors);
    no_borrowed_output(subject, errors);
    no_unclear_capture(subject, errors);
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
        errors.at(receiver, borrowed_self(subject.place, receiver));
    } else if lease == Lease::Shared {
        if let ReceiverKind::Typed(_, ty) = &receiver.kind {
            only_one_deep(&types::all(ty), "take `&self`", errors);
        }
    }
}

fn borrowed_self(place: Place, receiver: &Receiver) -> String {
    let mut ways = Vec::new();
    if !matches!(&receiver.kind, ReceiverKind::Typed(_, ty) if !types::is_lendable(ty)) {
        ways.push("write `#[dispatch(owned)]` to send a clone");
    }
    if !place.is_of_trait() {
        ways.push("take `self: Arc<Self>` or `self`");
    }
    format!("`self` is moved to another thread, which a borrow cannot reach: {}", or_inline(&ways))
}

/// The ways out, and the last one.
fn or_inline(ways: &[&str]) -> String {
    let or = if ways.is_empty() { "" } else { ", or " };
    format!("{}{or}write `#[dispatch(inline)]` if the body is cheap", ways.join(", "))
}

fn no_borrowed_argument(subject: &Subject<'_>, ty: &Type, errors: &mut Errors) {
    let borrows = types::all(ty);
    let Some(first) = borrows.first() else { return };
    if let Some(Borrow::Reference(reference)) = borrows.iter().find(|borrow| borrow.is_mutable()) {
        errors.at(reference, changes_are_lost("the argument"));
    } else if subject.options.owned.is_none() {
        let message = borrowed_argument(subject.place, ty, first);
        match first {
            Borrow::Reference(reference) => errors.at(reference, message),
            Borrow::Lifetime(lifetime) => errors.at(lifetime, message),
        }
    } else {
        let instead = "take an owned type, as `Vec<String>` for `&[&str]`";
        only_one_deep(&borrows, instead, errors);
    }
}

fn borrowed_argument(place: Place, ty: &Type, borrow: &Borrow<'_>) -> String {
    let mut ways = Vec::new();
    if types::is_lendable(ty) {
        ways.push("write `#[dispatch(owned)]` to send a copy");
    }
    match borrow {
        _ if place.is_of_trait() => {}
        Borrow::Reference(reference) => ways.push(types::owned_form(&reference.elem)),
        Borrow::Lifetime(_) => ways.push("take an owned value"),
    }
    format!(
        "the arguments are moved to another thread, which a borrow cannot reach: {}",
        or_inline(&ways)
    )
}

fn changes_are_lost(what: &str) -> String {
    format!(
        "what another thread changes through `&mut` cannot come back: take {what} by value and \
         return it, or write `#[dispatch(inline)]` if the body is cheap"
    )
}

/// An owned value of what holds borrows holds them still.
fn only_one_deep(borrows: &[Borrow<'_>], instead: &str, errors: &mut Errors) {
    for borrow in borrows {
        let Borrow::Reference(outer) = borrow else { continue };
        if outer.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident == "static") {
            continue;
        }
        if let Some(inner) = types::first(&outer.elem) {
            let message = format!(
                "`owned` copies what a reference points to, and this still borrows inside: {instead}"
            );
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

/// In the body `self` has another name, which a macro does not know that reads it from a string.
fn no_unclear_capture(subject: &Subject<'_>, errors: &mut Errors) {
    let Subject { function, options, .. } = subject;
    let Some(FnArg::Receiver(receiver)) = function.sig.inputs.first() else { return };
    let Body::Block(body) = &function.body else { return };
    if options.owned.is_none() || Lease::of(receiver) != Lease::Shared {
        return;
    }
    for literal in expand::unclear(body) {
        let message = "under `owned` the body has a copy of `self`, which this macro may not find \
                       by the name in a string: write `{}` and give it `self`, as in `(\"{}\", self)`";
        errors.at(literal, message);
    }
}
