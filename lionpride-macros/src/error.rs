//! Errors that point at the user's own token. All of them are collected before any is reported.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Error;

/// Several independent mistakes.
#[derive(Default)]
pub(crate) struct Errors(Vec<Error>);

impl Errors {
    /// Takes note of a mistake and goes on.
    pub(crate) fn push(&mut self, error: Error) {
        self.0.push(error);
    }

    /// Takes note of a mistake on `tokens`.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push(Error::new_spanned(tokens, message));
    }

    /// How many there are: who notes it can tell later whether any came.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// A `compile_error!` for each.
    pub(crate) fn into_compile_errors(self) -> TokenStream {
        self.0.into_iter().map(Error::into_compile_error).collect()
    }
}
