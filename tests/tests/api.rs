//! The public items of the crate with all features, as a snapshot: no change of them goes unseen.
//!
//! `UPDATE_EXPECT=1 cargo test -p tests --test api` renews it; read the difference before you
//! commit it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use public_api::{Builder, PublicItem};

const LISTING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../lionpride-concurrency/api.txt");

#[test]
fn the_public_items_are_those_in_the_listing() {
    let api = Builder::from_rustdoc_json(rustdoc_json())
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .build()
        .expect("rustdoc and `public-api` agree on the format");
    let now: String = api.items().filter_map(line).collect();
    if env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(LISTING, &now).unwrap();
    }
    let listed = fs::read_to_string(LISTING).unwrap_or_default();
    assert!(
        now == listed,
        "the public items are not those in `lionpride-concurrency/api.txt`:\n\n{}\n\
         `UPDATE_EXPECT=1 cargo test -p tests --test api` renews the listing",
        changes(&listed, &now),
    );
}

/// Has rustdoc write the items down. Stable rustdoc does so if it is told that it is not stable;
/// in a directory of its own, since that makes cargo build every dependency anew.
fn rustdoc_json() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("api");
    let written = Command::new(env!("CARGO"))
        .args(["rustdoc", "-p", "lionpride-concurrency", "--lib", "--all-features"])
        .arg("--target-dir")
        .arg(&target)
        .args(["--", "-Zunstable-options", "--output-format=json"])
        .env("RUSTC_BOOTSTRAP", "1")
        .status()
        .expect("cargo runs");
    assert!(written.success(), "rustdoc failed");
    target.join("doc/lionpride_concurrency.json")
}

/// An item in the crate's own words. The guide is no API, and what the compiler and other macros
/// add to a type is not ours to keep.
fn line(item: &PublicItem) -> Option<String> {
    let item = item.to_string();
    let foreign = ["::guide", "StructuralPartialEq", "__private"];
    let ours = !foreign.iter().any(|name| item.contains(name));
    ours.then(|| item.replace("lionpride_concurrency::", "") + "\n")
}

fn changes(listed: &str, now: &str) -> String {
    let [listed, now] = [listed, now].map(|text| text.lines().collect::<BTreeSet<_>>());
    let gone = listed.difference(&now).map(|line| format!("- {line}\n"));
    let new = now.difference(&listed).map(|line| format!("+ {line}\n"));
    gone.chain(new).collect()
}
