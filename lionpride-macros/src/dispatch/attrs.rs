//! What the other attributes of a function mean to `#[dispatch]`.

use syn::{Attribute, GenericParam, Meta, Signature};

use super::conditions;

/// The attributes of the language. They mean the same wherever they end up.
const OF_THE_LANGUAGE: [&str; 24] = [
    "allow",
    "automatically_derived",
    "bench",
    "cfg",
    "cfg_attr",
    "cold",
    "coverage",
    "deny",
    "deprecated",
    "doc",
    "expect",
    "export_name",
    "forbid",
    "ignore",
    "inline",
    "link_section",
    "must_use",
    "no_mangle",
    "should_panic",
    "target_feature",
    "test",
    "track_caller",
    "unsafe",
    "warn",
];

/// The first word of the attributes that tools read.
const OF_TOOLS: [&str; 6] = ["clippy", "diagnostic", "miri", "rust_analyzer", "rustdoc", "rustfmt"];

/// Whether another macro may wait for the function as the user wrote it, as
/// `#[tracing::instrument]` does.
pub(super) fn is_foreign(attr: &Attribute) -> bool {
    conditions::may_be(attr, is_of_another_macro)
}

fn is_of_another_macro(attr: &Attribute) -> bool {
    let segments = &attr.path().segments;
    let Some(first) = segments.first() else { return false };
    let known: &[&str] = if segments.len() == 1 { &OF_THE_LANGUAGE } else { &OF_TOOLS };
    !known.iter().any(|word| first.ident == word)
}

/// `#[dispatch(..)]` itself, under whatever path.
pub(super) fn is_dispatch(attr: &Attribute) -> bool {
    attr.path().segments.last().is_some_and(|last| last.ident == "dispatch")
}

/// `RunSync` must be used as it is, and saying it twice is a lint's business.
pub(super) fn is_bare_must_use(attr: &Attribute) -> bool {
    matches!(&attr.meta, Meta::Path(path) if path.is_ident("must_use"))
}

/// `#[async_trait]`, which turns every `async fn` that it finds into a boxed future.
pub(super) fn is_async_trait(attr: &Attribute) -> bool {
    attr.path().segments.last().is_some_and(|last| last.ident == "async_trait")
}

/// Whether `#[async_trait]` has been here: the function returns its boxed future already.
pub(super) fn is_boxed_async(sig: &Signature) -> bool {
    sig.generics.params.iter().any(|param| match param {
        GenericParam::Lifetime(param) => param.lifetime.ident == "async_trait",
        _ => false,
    })
}
