//! What the macros write, as snapshots. `UPDATE_EXPECT=1 cargo test -p lionpride-macros` renews
//! them; read the difference before you commit it.

#![allow(clippy::needless_raw_string_hashes, reason = "the snapshots are written with them")]

mod blocks;
mod callable;
mod dispatch;
mod pipeline;

use expect_test::Expect;
use proc_macro2::TokenStream;
use quote::quote;

/// Compares items, formatted.
fn items(written: TokenStream, expected: &Expect) {
    let file = syn::parse2(written).expect("the output parses");
    expected.assert_eq(&prettyplease::unparse(&file));
}

/// Compares an expression, formatted.
fn expr(written: &TokenStream, expected: &Expect) {
    items(quote!(const _: () = #written;), expected);
}
