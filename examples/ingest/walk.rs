//! The directory walk: a blocking iterator of files.

use std::ffi::OsString;
use std::fs::{self, FileType};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use walkdir::{DirEntry, WalkDir};

use crate::problem::{Kind, Problem};

/// A file, or what was wrong with something that might have been one.
pub(crate) type Found = Result<PathBuf, Problem>;

/// What the walk met beside files.
#[derive(Debug, Default)]
pub(crate) struct Met {
    pub(crate) directories: AtomicU64,
    pub(crate) skipped: AtomicU64,
    pub(crate) links: AtomicU64,
}

/// Every file below a root, in the order of the directories on disk: nothing is collected.
#[derive(Debug)]
pub(crate) struct Walk {
    entries: walkdir::IntoIter,
    skip: Vec<OsString>,
    left_out: Vec<PathBuf>,
    met: Arc<Met>,
    /// The entry whose name was the problem, still to be handed out.
    pending: Option<Found>,
}

impl Walk {
    /// `left_out` are files that are no part of the tree: the catalog itself.
    pub(crate) fn new(
        root: &Path,
        skip: Vec<OsString>,
        left_out: Vec<PathBuf>,
        met: Arc<Met>,
    ) -> Self {
        // Beyond so many levels the walker closes directories and keeps the rest of their names.
        let entries = WalkDir::new(root).max_open(32).into_iter();
        Self { entries, skip, left_out, met, pending: None }
    }

    fn look_at(&mut self, entry: DirEntry) -> Option<Found> {
        if self.skips(&entry) {
            self.entries.skip_current_dir();
            self.met.skipped.fetch_add(1, Relaxed);
            return None;
        }
        let found = self.sort(&entry);
        if entry.file_name().to_str().is_some() {
            return found;
        }
        self.pending = found;
        Some(Err(Problem::new(Kind::NameNotUtf8, entry.into_path(), "")))
    }

    fn skips(&self, entry: &DirEntry) -> bool {
        let by_name = self.skip.iter().any(|name| name == entry.file_name());
        by_name && entry.depth() > 0 && entry.file_type().is_dir()
    }

    fn sort(&self, entry: &DirEntry) -> Option<Found> {
        let path = entry.path();
        let file_type = file_type(entry);
        if file_type.is_dir() {
            self.met.directories.fetch_add(1, Relaxed);
            None
        } else if file_type.is_symlink() {
            self.met.links.fetch_add(1, Relaxed);
            dead_end(path).map(Err)
        } else if file_type.is_file() {
            (!self.leaves_out(path)).then(|| Ok(path.to_path_buf()))
        } else {
            Some(Err(Problem::new(Kind::NotRegular, path, describe(file_type))))
        }
    }

    /// The names are compared first: resolving every path would cost more than reading it.
    fn leaves_out(&self, path: &Path) -> bool {
        let mut namesakes = self.left_out.iter().filter(|out| out.file_name() == path.file_name());
        namesakes.any(|out| fs::canonicalize(path).is_ok_and(|path| path == *out))
    }
}

impl Iterator for Walk {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        if let Some(found) = self.pending.take() {
            return Some(found);
        }
        loop {
            let found = match self.entries.next()? {
                Ok(entry) => self.look_at(entry),
                Err(error) => Some(Err(unlisted(error))),
            };
            if found.is_some() {
                return found;
            }
        }
    }
}

/// The root alone may be a link that is followed.
fn file_type(entry: &DirEntry) -> FileType {
    let target = (entry.depth() == 0).then(|| fs::metadata(entry.path()).ok()).flatten();
    target.map_or_else(|| entry.file_type(), |target| target.file_type())
}

/// What is wrong with a link, if anything is.
fn dead_end(link: &Path) -> Option<Problem> {
    let kind = match fs::metadata(link) {
        Ok(target) if target.is_dir() && leads_back(link).unwrap_or(false) => Kind::LinkLoop,
        Err(error) if is_loop(&error) => Kind::LinkLoop,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Kind::BrokenLink
        }
        _ => return None,
    };
    let target = fs::read_link(link).unwrap_or_default();
    Some(Problem::link(kind, link, &target))
}

/// Whether a link leads to a directory that it is in.
fn leads_back(link: &Path) -> io::Result<bool> {
    let inside = fs::canonicalize(link.parent().unwrap_or(link))?;
    Ok(inside.starts_with(fs::canonicalize(link)?))
}

#[cfg(unix)]
fn is_loop(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::ELOOP)
}

#[cfg(not(unix))]
fn is_loop(_: &io::Error) -> bool {
    false
}

#[cfg(unix)]
fn describe(file_type: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;

    match file_type {
        kind if kind.is_fifo() => "a named pipe",
        kind if kind.is_socket() => "a socket",
        kind if kind.is_block_device() => "a block device",
        kind if kind.is_char_device() => "a character device",
        _ => "of an unknown type",
    }
}

#[cfg(not(unix))]
fn describe(_: FileType) -> &'static str {
    "of an unknown type"
}

fn unlisted(error: walkdir::Error) -> Problem {
    let path = error.path().map(Path::to_path_buf).unwrap_or_default();
    let reason = error.to_string();
    match error.into_io_error() {
        Some(error) => Problem::io(Kind::CannotList, path, &error),
        None => Problem::new(Kind::CannotList, path, reason),
    }
}
