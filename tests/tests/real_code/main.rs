//! What `#[dispatch]` makes of code that nobody wrote for it: the sources of every crate that the
//! workspace depends on. See the counts with
//!
//! ```sh
//! cargo test -p tests --test real_code -- --nocapture
//! ```
//!
//! A proc-macro crate cannot be linked, so the expander is compiled into this binary from source.
//! Its modules name each other from the root of their crate, which is why they are here; one that
//! the expander begins to use has to be added.

#[allow(clippy::collapsible_if, reason = "the macros are for a Rust without let chains")]
#[path = "../../../lionpride-macros/src/dispatch/mod.rs"]
mod dispatch;
#[allow(dead_code, reason = "the other macros use the rest")]
#[path = "../../../lionpride-macros/src/error.rs"]
mod error;
#[allow(dead_code, reason = "the other macros use the rest")]
#[path = "../../../lionpride-macros/src/hygiene.rs"]
mod hygiene;
#[allow(dead_code, reason = "the other macros use the rest")]
#[path = "../../../lionpride-macros/src/krate.rs"]
mod krate;

mod copies;
mod counts;
mod expansion;
mod metadata;
mod output;
mod reasons;
mod sources;
mod subject;

use copies::Made;
use copies::project::Project;
use metadata::Metadata;

#[test]
fn every_function_of_many_crates_expands() {
    let metadata = Metadata::read();
    let files = sources::of(&metadata.packages);
    let counts = sources::in_parallel(&files, expansion::of_file);
    println!("{} crates\n{counts}", metadata.packages.len());
    counts.assert_no_problem();
    assert!(metadata.packages.len() >= 30, "this is not the whole dependency graph");
    assert!(counts.functions() >= 30_000, "only {} functions were found", counts.functions());
}

#[test]
fn dispatched_copies_of_small_crates_compile() {
    let metadata = Metadata::read();
    let mut project = Project::new(&metadata);
    let mut made = Made::default();
    for &name in copies::CRATES {
        let of_this = project.copy(metadata.package(name));
        println!("{name:24} {of_this}");
        made.add(&of_this);
    }
    println!("{:24} {made}", "all");
    project.check();
    assert!(made.hop >= 300, "only {} functions hop", made.hop);
    assert!(made.inline >= 2_500, "only {} functions are inline", made.inline);
    assert!(made.stays_async >= 100, "only {} functions were async", made.stays_async);
}
