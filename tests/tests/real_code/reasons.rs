//! Why the expander may turn an item away. A message that is not here fails the tests: either the
//! macro is wrong, or a row is missing.

pub(crate) struct Reason {
    /// What distinguishes the message from those of the rows below.
    pub(crate) part: &'static str,
    pub(crate) name: &'static str,
}

/// The first that fits is the reason.
pub(crate) const REASONS: &[Reason] = &[
    reason("an `async fn` is always awaited in place", "hop option on an async fn"),
    reason("a `const fn` cannot be dispatched", "const fn"),
    reason("an `extern` function cannot be dispatched", "extern fn"),
    reason("a variadic function cannot be dispatched", "variadic fn"),
    reason("remove `#[track_caller]`", "#[track_caller]"),
    reason("this function returns a future already", "returns a future"),
    reason("a function that never returns", "never returns"),
    reason("what another thread changes through `&mut`", "`&mut`"),
    reason("`self` is moved to another thread", "borrowed self"),
    reason("the arguments are moved to another thread", "borrowed argument"),
    reason("`owned` copies what a reference points to", "borrows in borrows"),
    reason("the result comes from another thread", "borrowed result"),
    reason("blocks the async worker", "blocking call"),
    reason("goes on a function that has a body", "no body"),
    reason("is for a body, which is not here", "option on a declaration"),
    // The others that begin like this are above.
    reason("`#[dispatch]` goes on a function", "default fn"),
];

const fn reason(part: &'static str, name: &'static str) -> Reason {
    Reason { part, name }
}

/// The name of the reason that a message gives.
pub(crate) fn name_of(message: &str) -> Option<&'static str> {
    REASONS.iter().find(|reason| message.contains(reason.part)).map(|reason| reason.name)
}
