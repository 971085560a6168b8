//! Runs the built example.

use std::ffi::OsStr;
use std::fs;
use std::iter;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::built::example;

/// The user that owns nothing.
const NOBODY: u32 = 65534;

/// What a run printed, and how it ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: Option<i32>,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            code: output.status.code(),
        }
    }
}

impl Run {
    pub(crate) fn assert_success(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self
    }

    /// All that does not depend on time.
    pub(crate) fn figures(&self) -> &str {
        let (figures, time) = self.stdout.split_once("\nTime: ").expect("a line of times");
        assert_eq!(time.lines().count(), 1, "nothing comes after the times");
        figures
    }

    /// The number behind `label`, without its commas.
    pub(crate) fn number(&self, label: &str) -> u64 {
        let (_, rest) =
            self.stdout.split_once(label).unwrap_or_else(|| panic!("{label}: {self:#?}"));
        number(rest.split_whitespace().next().unwrap())
    }

    /// Files, bytes and lines of a language, or of `Total`.
    pub(crate) fn language(&self, name: &str) -> Option<[u64; 3]> {
        let row = self.stdout.lines().find_map(|line| line.strip_prefix(&format!("{name}  ")))?;
        let numbers: Vec<u64> = row.split_whitespace().map(number).collect();
        Some(numbers.try_into().unwrap())
    }

    /// Everything about duplicates.
    pub(crate) fn duplicates(&self) -> &str {
        let (_, rest) = self.stdout.split_once("\nDuplicates: ").expect("the duplicates");
        rest.split_once("\nHops: ").expect("the hops").0
    }
}

fn number(text: &str) -> u64 {
    text.replace(',', "").trim_end_matches(';').parse().unwrap_or_else(|_| panic!("{text}"))
}

pub(crate) fn binary() -> PathBuf {
    example("ingest")
}

pub(crate) fn ingest<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Run {
    Command::new(binary()).args(args).output().unwrap().into()
}

/// Runs on a tree as somebody whom permissions stop, which the superuser is not.
pub(crate) fn ingest_unprivileged(tree: &Path) -> Run {
    if fs::metadata(tree).unwrap().uid() != 0 {
        return ingest([tree]);
    }
    let directory = tempfile::tempdir().unwrap();
    let copy = directory.path().join("ingest");
    fs::copy(binary(), &copy).unwrap();
    for path in iter::once(directory.path()).chain([copy.as_path(), tree]) {
        fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
    }
    Command::new(&copy).arg(tree).uid(NOBODY).gid(NOBODY).output().unwrap().into()
}
