//! What the compiler says of mistakes: a file a mistake, named after it.
//!
//! `TRYBUILD=overwrite cargo test -p tests --test ui` renews the snapshots; read the difference
//! before you commit it.

#[test]
fn mistakes_are_told_at_the_users_own_token() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    cases.compile_fail("ui/fail/*/*.rs");
}
