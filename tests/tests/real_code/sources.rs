//! The files of the crates, and the threads that read them.

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, Builder};

use crate::counts::Counts;
use crate::metadata::Package;

pub(crate) struct Source {
    /// How to call it in a message: the folder of a package is its name and version.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    bytes: u64,
}

/// Every file of Rust code, the largest first: one that comes last would keep one thread busy
/// while the others have nothing left to do.
pub(crate) fn of(packages: &[Package]) -> Vec<Source> {
    let mut sources = Vec::new();
    for package in packages {
        for path in rust_files(&package.folder) {
            let inside = path.strip_prefix(&package.folder).unwrap_or(&path).display();
            let name = format!("{} {}: {inside}", package.name, package.version);
            let bytes = fs::metadata(&path).map_or(0, |about| about.len());
            sources.push(Source { name, path, bytes });
        }
    }
    sources.sort_by_key(|source| std::cmp::Reverse(source.bytes));
    sources
}

/// The files under a folder that end in `.rs`.
pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in entries(folder) {
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// What is in a folder, always in the same order.
pub(crate) fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let path = |entry: io::Result<DirEntry>| entry.expect("the folder can be read").path();
    let mut paths: Vec<_> = entries.map(path).collect();
    paths.sort();
    paths
}

/// Does `work` for each source, on all cores, and adds up what it counts.
pub(crate) fn in_parallel(sources: &[Source], work: fn(&Source) -> Counts) -> Counts {
    let next = AtomicUsize::new(0);
    let take_turns = || {
        let mut counts = Counts::default();
        while let Some(source) = sources.get(next.fetch_add(1, Ordering::Relaxed)) {
            counts.add(work(source));
        }
        counts
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut counts = Counts::default();
    thread::scope(|scope| {
        // Syntax trees are deep, and so is the recursion over them.
        let spawn = |_| Builder::new().stack_size(256 << 20).spawn_scoped(scope, take_turns);
        let started: Vec<_> = (0..threads).map(spawn).collect();
        for thread in started {
            let thread = thread.expect("a thread can be started");
            counts.add(thread.join().expect("panics of the expander are caught"));
        }
    });
    counts
}
