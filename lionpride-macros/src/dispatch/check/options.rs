//! What must not be said of a function.

use super::Subject;
use crate::dispatch::args::Options;
use crate::dispatch::blocking;
use crate::dispatch::model::{Body, Place};
use crate::error::Errors;

/// By itself a function is skipped by not being dispatched.
pub(super) fn no_skip_alone(subject: &Subject<'_>, errors: &mut Errors) {
    if let (Place::Alone, Some(skip)) = (subject.place, &subject.said.skip) {
        let message = "`skip` is for a method of a dispatched block: leave `#[dispatch]` away";
        errors.at(skip, message);
    }
}

/// And a block by not being dispatched either.
pub(super) fn no_skip_of_a_block(options: &Options, errors: &mut Errors) {
    if let Some(skip) = &options.skip {
        errors.at(skip, "`skip` is for one method in here: leave `#[dispatch]` away instead");
    }
}

/// Nothing is done to a method that is skipped.
pub(super) fn nothing_beside_skip(said: &Options, errors: &mut Errors) {
    if said.skip.is_none() {
        return;
    }
    for word in said.inline.iter().chain(said.of_the_hop()).chain(&said.allow_blocking) {
        errors.at(word, format!("`skip` leaves the method as it is: remove `{word}`"));
    }
}

/// How a body runs is the business of whoever writes it.
pub(super) fn none_on_a_declaration(subject: &Subject<'_>, errors: &mut Errors) {
    let said = subject.said;
    for word in said.inline.iter().chain(said.of_the_hop()).chain(&said.allow_blocking) {
        let message = format!(
            "`{word}` is for a body, which is not here: write it where the method is implemented"
        );
        errors.at(word, message);
    }
}

/// An `async fn` is awaited in place as it stands.
pub(super) fn no_hop_on_async(subject: &Subject<'_>, errors: &mut Errors) {
    let said = subject.said;
    for word in said.inline.iter().chain(said.of_the_hop()) {
        let message = format!("an `async fn` is always awaited in place: remove `{word}`");
        errors.at(word, message);
    }
}

/// An async worker is not to wait for what is known to block.
pub(super) fn no_blocking_calls(subject: &Subject<'_>, errors: &mut Errors) {
    if let (Body::Block(body), None) = (&subject.function.body, &subject.options.allow_blocking) {
        blocking::check(body, errors);
    }
}

/// What runs in place has no way to go.
pub(super) fn no_contradiction(options: &Options, errors: &mut Errors) {
    if options.inline.is_none() {
        return;
    }
    for word in options.of_the_hop() {
        let why = if word == "owned" {
            "it may borrow"
        } else if word == "on" {
            "it goes to no dispatcher"
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
pub(super) fn no_needless_permission(subject: &Subject<'_>, errors: &mut Errors) {
    if let Some(word) = &subject.said.allow_blocking {
        let message = "a sync function may block as it is: remove `allow_blocking`";
        errors.at(word, message);
    }
}
