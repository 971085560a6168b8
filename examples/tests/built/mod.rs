//! Where cargo puts the examples.

use std::env;
use std::path::PathBuf;

/// `target/<profile>/examples/<name>`; a test is in `target/<profile>/deps`.
pub(crate) fn example(name: &str) -> PathBuf {
    let this = env::current_exe().unwrap();
    let path = this.ancestors().nth(2).unwrap().join("examples").join(name);
    assert!(
        path.exists(),
        "{} is not built: run `cargo build --example {name}` in this profile first",
        path.display()
    );
    path
}
