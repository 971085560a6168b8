//! Errors that point at the user's own token. All of them are collected before any is reported.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Error;

/// Several independent mistakes.
#[derive(Default)]
pub(crate) struct Errors {
    found: Vec<(Error, Vec<TokenStream>)>,
    /// What `cfg` has to say for the next ones to be mistakes.
    conditions: Vec<TokenStream>,
}

impl Errors {
    /// Takes note of a mistake and goes on.
    pub(crate) fn push(&mut self, error: Error) {
        self.found.push((error, self.conditions.clone()));
    }

    /// Takes note of a mistake on `tokens`.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push(Error::new_spanned(tokens, message));
    }

    /// Looks for mistakes in what is there only under these conditions.
    pub(crate) fn under<T>(
        &mut self,
        conditions: Vec<TokenStream>,
        look: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let before = self.conditions.len();
        self.conditions.extend(conditions);
        let found = look(self);
        self.conditions.truncate(before);
        found
    }

    /// How many there are for certain, if what is looked at is there: who notes it can tell later
    /// whether any came.
    pub(crate) fn len(&self) -> usize {
        let is_certain = |(_, conditions): &&(_, Vec<_>)| conditions.len() <= self.conditions.len();
        self.found.iter().filter(is_certain).count()
    }

    /// A `compile_error!` for each.
    pub(crate) fn into_compile_errors(self) -> TokenStream {
        let one = |(error, conditions): (Error, Vec<TokenStream>)| {
            let error = error.into_compile_error();
            if conditions.is_empty() { error } else { quote!(#[cfg(all(#(#conditions),*))] #error) }
        };
        self.found.into_iter().map(one).collect()
    }
}
