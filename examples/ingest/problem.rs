//! What can be wrong with one file while the rest of the tree is fine.

use std::error::Error;
use std::ffi::OsStr;
use std::fmt::{self, Write};
use std::io;
use std::path::{Path, PathBuf};

/// An error that ends the program.
pub(crate) type Fatal = Box<dyn Error + Send + Sync>;

/// Worth a line of its own; the work goes on.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) kind: Kind,
    pub(crate) path: PathBuf,
    pub(crate) reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    BrokenLink,
    LinkLoop,
    NameNotUtf8,
    NotRegular,
    CannotList,
    CannotOpen,
    CannotRead,
}

impl Kind {
    /// How the line begins.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::BrokenLink => "broken link",
            Self::LinkLoop => "loop of links",
            Self::NameNotUtf8 => "name is not UTF-8",
            Self::NotRegular => "not a regular file",
            Self::CannotList => "unreadable directory",
            Self::CannotOpen | Self::CannotRead => "unreadable file",
        }
    }
}

impl Problem {
    pub(crate) fn new(kind: Kind, path: impl Into<PathBuf>, reason: impl Into<String>) -> Self {
        Self { kind, path: path.into(), reason: reason.into() }
    }

    pub(crate) fn io(kind: Kind, path: impl Into<PathBuf>, error: &io::Error) -> Self {
        let step = if kind == Kind::CannotRead { "while reading: " } else { "" };
        Self::new(kind, path, format!("{step}{error}"))
    }

    /// A link that leads nowhere, or back to itself.
    pub(crate) fn link(kind: Kind, link: &Path, target: &Path) -> Self {
        Self::new(kind, link, format!("leads to {}", Printable::new(target)))
    }
}

/// Why a file did not get through the pipeline.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The reason is its own.
    File(Problem),
    /// The writer has stopped, and knows why.
    NoWriter,
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::File(problem)
    }
}

/// A name as text: what is not UTF-8 and what would break the line is escaped.
#[derive(Debug)]
pub(crate) struct Printable<'a>(pub(crate) &'a [u8]);

impl<'a> Printable<'a> {
    pub(crate) fn new(name: &'a (impl AsRef<OsStr> + ?Sized)) -> Self {
        Self(name.as_ref().as_encoded_bytes())
    }
}

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for char in chunk.valid().chars() {
                if char.is_control() {
                    write!(f, "{}", char.escape_default())?;
                } else {
                    f.write_char(char)?;
                }
            }
            write!(f, "{}", chunk.invalid().escape_ascii())?;
        }
        Ok(())
    }
}
