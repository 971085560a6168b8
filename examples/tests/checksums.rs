//! The example `checksums`, run as its users run it.

mod built;

use std::fmt::Write;
use std::fs::{self, File};
use std::process::{Command, Output};

use crate::built::example;

fn checksums(args: &[&str]) -> Output {
    Command::new(example("checksums")).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn every_file_is_hashed_in_order_of_name() {
    let tree = tempfile::tempdir().unwrap();
    let mut expected = String::new();
    for n in 0..40 {
        let path = tree.path().join(format!("file{n:02}"));
        let content = vec![n; usize::from(n) * 20_000];
        fs::write(&path, &content).unwrap();
        writeln!(expected, "{}  {}", blake3::hash(&content), path.display()).unwrap();
    }
    let output = checksums(&[tree.path().to_str().unwrap(), "--at-once", "3"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), expected);
    let summary = "40 files: 40 hashed, 0 not readable, 0 not in time";
    assert!(text(&output.stderr).starts_with(summary), "{}", text(&output.stderr));
}

#[test]
fn nothing_is_hashed_after_the_deadline() {
    let tree = tempfile::tempdir().unwrap();
    for n in 0..10 {
        // As large as takes longer to hash than there is time, and takes no room on the disk.
        File::create(tree.path().join(format!("file{n}"))).unwrap().set_len(1 << 36).unwrap();
    }
    let output = checksums(&[tree.path().to_str().unwrap(), "--seconds", "0.2", "--at-once", "2"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "");
    let summary = "10 files: 0 hashed, 0 not readable, 10 not in time";
    assert!(text(&output.stderr).starts_with(summary), "{}", text(&output.stderr));
}

#[test]
fn a_mistake_in_the_arguments_is_told() {
    for args in [&["--at-once", "0"][..], &["--seconds", "NaN"], &["--loud"]] {
        let output = checksums(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert_ne!(text(&output.stderr), "");
    }
}
