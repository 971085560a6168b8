//! Errors that point at the user's own token. All of them are collected before any is reported.

use std::fmt::Display;

use quote::ToTokens;
use syn::{Error, Result};

/// Several independent mistakes.
#[derive(Default)]
pub(crate) struct Errors(Option<Error>);

impl Errors {
    /// Runs the rules, each of which may add to the errors, and reports them all.
    pub(crate) fn collect(rules: impl FnOnce(&mut Self)) -> Result<()> {
        let mut errors = Self::default();
        rules(&mut errors);
        errors.0.map_or(Ok(()), Err)
    }

    /// Takes note of a mistake and goes on.
    pub(crate) fn push(&mut self, error: Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            none => *none = Some(error),
        }
    }

    /// Takes note of a mistake on `tokens`.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push(Error::new_spanned(tokens, message));
    }
}
