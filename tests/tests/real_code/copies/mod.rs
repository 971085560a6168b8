//! Crates in which a dispatched copy stands beside each function, for the compiler to judge.
//!
//! The functions themselves stay as they are: their callers expect no future.

mod beside;
pub(crate) mod project;
mod types;

use std::fmt::{Display, Formatter, Result};

/// Small ones that need little to compile, and `tokio` for its async functions.
pub(crate) const CRATES: &[&str] = &[
    "arrayvec",
    "console",
    "constant_time_eq",
    "fastrand",
    "find-msvc-tools",
    "foldhash",
    "glob",
    "indexmap",
    "itoa",
    "lexopt",
    "memchr",
    "once_cell",
    "shlex",
    "slab",
    "smallvec",
    "tempfile",
    "termcolor",
    "tokio",
    "toml_parser",
    "toml_writer",
    "unicode-width",
    "walkdir",
    "winnow",
];

/// How many copies there are, by what becomes of them. Those are among them that `cfg` leaves away
/// on this machine.
#[derive(Default)]
pub(crate) struct Made {
    pub(crate) hop: usize,
    pub(crate) inline: usize,
    pub(crate) stays_async: usize,
    /// The functions that have no copy.
    without: usize,
}

impl Made {
    pub(crate) fn add(&mut self, other: &Self) {
        self.hop += other.hop;
        self.inline += other.inline;
        self.stays_async += other.stays_async;
        self.without += other.without;
    }

    fn count(&mut self, kind: Option<Kind>) {
        let counter = match kind {
            Some(Kind::Hop) => &mut self.hop,
            Some(Kind::Inline) => &mut self.inline,
            Some(Kind::StaysAsync) => &mut self.stays_async,
            None => &mut self.without,
        };
        *counter += 1;
    }
}

/// What becomes of a copy.
#[derive(Clone, Copy)]
enum Kind {
    Hop,
    Inline,
    StaysAsync,
}

impl Display for Made {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Self { hop, inline, stays_async, without } = self;
        write!(f, "{hop:5} hop, {inline:5} inline, {stays_async:5} async, {without:5} not copied")
    }
}
