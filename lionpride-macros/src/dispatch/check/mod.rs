//! What a function must not be, and what must not be said of it: one rule, one function.

mod borrows;
mod options;
mod signature;

use super::args::Options;
use super::attrs;
use super::model::{Body, Function, Place};
use crate::error::Errors;

/// A function, what its own attribute says, and what holds for it.
pub(super) struct Subject<'a> {
    pub(super) function: &'a Function,
    pub(super) said: &'a Options,
    pub(super) options: &'a Options,
    pub(super) place: Place,
}

/// Applies every rule to a function. What an option that was not understood may have meant is not
/// held against the function: in a block that is everything, since it may have been `skip`.
pub(super) fn check(subject: &Subject<'_>, errors: &mut Errors) {
    let Subject { function, said, options, place } = subject;
    if said.skip.is_some() {
        return options::no_skip_alone(subject, errors);
    }
    signature::no_declaration_alone(subject, errors);
    if said.mistaken && *place != Place::Alone {
        return;
    }
    if matches!(function.body, Body::Declared(_)) {
        options::none_on_a_declaration(subject, errors);
        signature::check(subject, errors);
    } else if function.sig.asyncness.is_some() || attrs::is_boxed_async(&function.sig) {
        options::no_hop_on_async(subject, errors);
        if !options.mistaken {
            options::no_blocking_calls(subject, errors);
        }
    } else {
        options::no_contradiction(said, errors);
        options::no_needless_permission(subject, errors);
        signature::check(subject, errors);
        if options.inline.is_none() && !options.mistaken {
            borrows::check(subject, errors);
        }
    }
}

/// Applies the rules for what a block says of all its methods.
pub(super) fn check_block(options: &Options, errors: &mut Errors) {
    options::no_contradiction(options, errors);
    options::no_skip_of_a_block(options, errors);
}

/// Applies the rules for a method that is skipped.
pub(super) fn check_skipped(said: &Options, errors: &mut Errors) {
    options::nothing_beside_skip(said, errors);
}
