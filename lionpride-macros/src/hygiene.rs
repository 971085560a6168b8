//! Names and places of generated code.

use proc_macro2::{Ident, Span};

/// A name that no name of the user's can meet, shown at the user's code.
pub(crate) fn local(name: &str, place: Span) -> Ident {
    Ident::new(name, at(place))
}

/// The macro's hygiene, the user's place: errors point there, lints see generated code.
pub(crate) fn at(place: Span) -> Span {
    Span::mixed_site().located_at(place)
}

/// `stem`, or what has to be added to it to make it a name that stands nowhere in `text`: for
/// where a name of the user's has the same hygiene.
pub(crate) fn unused(stem: &str, text: &str) -> String {
    let mut name = stem.to_owned();
    while text.contains(&name) {
        name.push('_');
    }
    name
}
