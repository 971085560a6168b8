//! Trees to run on, and an independent count of what is in them.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// Larger than what is read at once.
pub(crate) const LARGE: usize = 300_000;

/// A directory tree that is removed at the end.
pub(crate) struct Tree(TempDir);

impl Tree {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn join(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path().join(name)
    }

    pub(crate) fn file(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> &Self {
        let path = self.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    pub(crate) fn link(&self, name: &str, target: &str) -> &Self {
        symlink(target, self.join(name)).unwrap();
        self
    }

    pub(crate) fn hard_link(&self, name: &str, target: &str) -> &Self {
        fs::hard_link(self.join(target), self.join(name)).unwrap();
        self
    }

    pub(crate) fn mode(&self, name: &str, mode: u32) -> &Self {
        fs::set_permissions(self.join(name), PermissionsExt::from_mode(mode)).unwrap();
        self
    }

    /// Readable files of every kind: nothing in here is a problem.
    pub(crate) fn ordinary() -> Self {
        let tree = Self::new();
        let large = vec![b'x'; LARGE];
        tree.file("a.rs", "fn a() {}\n")
            .file("sub/b.rs", "fn a() {}\n")
            .file("sub/deep/copy of a", "fn a() {}\n")
            .file("other.py", "pass # 10\n")
            .file("no newline at the end.txt", "one\ntwo")
            .file("a name\nof two lines.txt", "\n\n\n")
            .file("empty", "")
            .file("sub/empty.rs", "")
            .file("large", &large)
            .file("sub/large", &large)
            .hard_link("sub/deep/the same large", "large")
            .file("alone", "one file under two names\n")
            .hard_link("sub/alone", "alone")
            .file("binary", zero_at(8191))
            .file("text", zero_at(8192))
            .link("link to a file", "a.rs")
            .link("sub/link to a directory", "deep");
        tree
    }

    /// Everything that can be wrong. The superuser can read all of it: see `ingest_unprivileged`.
    pub(crate) fn with_problems() -> Self {
        let tree = Self::new();
        tree.file("good.rs", "fn main() {}\n")
            .file("sub/good.rs", "fn main() {}\n")
            .link("broken", "nowhere")
            .link("broken too", "good.rs/below a file")
            .link("loop a", "loop b")
            .link("loop b", "loop a")
            .link("loop itself", "loop itself")
            .link("sub/up", "..")
            .link("sub/fine", "../good.rs")
            .file(OsStr::from_bytes(b"not \xff UTF-8.rs"), "one\n")
            .file(OsStr::from_bytes(b"dir \xfe/inside.rs"), "two\n")
            .file("forbidden file", "secret\n")
            .mode("forbidden file", 0)
            .file("forbidden directory/file", "secret\n")
            .mode("forbidden directory", 0);
        let fifo = Command::new("mkfifo").arg(tree.join("fifo")).status().unwrap();
        assert!(fifo.success());
        drop(UnixListener::bind(tree.join("socket")).unwrap());
        tree
    }

    /// What is in the tree, by reading every file as a whole.
    pub(crate) fn count(&self) -> Count {
        let mut count = Count::default();
        count.add(self.path());
        count
    }
}

impl Drop for Tree {
    /// Without this an owner who is not the superuser could not remove it.
    fn drop(&mut self) {
        let forbidden = self.join("forbidden directory");
        let _ = fs::set_permissions(forbidden, PermissionsExt::from_mode(0o755));
    }
}

fn zero_at(index: usize) -> Vec<u8> {
    let mut content = vec![b'z'; 10_000];
    content[index] = 0;
    content
}

#[derive(Debug, Default)]
pub(crate) struct Count {
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    pub(crate) lines: u64,
    pub(crate) empty: u64,
    pub(crate) directories: u64,
    pub(crate) links: u64,
    /// The names of each content, and the inode of each name.
    contents: BTreeMap<Vec<u8>, Vec<(Vec<u8>, u64)>>,
}

impl Count {
    fn add(&mut self, path: &Path) {
        let metadata = fs::symlink_metadata(path).unwrap();
        if metadata.is_symlink() {
            self.links += 1;
        } else if metadata.is_dir() {
            self.directories += 1;
            for entry in fs::read_dir(path).unwrap() {
                self.add(&entry.unwrap().path());
            }
        } else {
            self.add_file(path, metadata.ino());
        }
    }

    fn add_file(&mut self, path: &Path, inode: u64) {
        let content = fs::read(path).unwrap();
        self.files += 1;
        self.bytes += content.len() as u64;
        self.lines += content.iter().map(|&byte| u64::from(byte == b'\n')).sum::<u64>();
        self.empty += u64::from(content.is_empty());
        let name = path.as_os_str().to_owned().into_vec();
        self.contents.entry(content).or_default().push((name, inode));
    }

    /// The contents that more than one file has: what they waste, and their names.
    pub(crate) fn duplicates(&self) -> Vec<Duplicates> {
        let sets = self.contents.iter().filter(|(content, _)| !content.is_empty());
        let mut sets: Vec<_> =
            sets.filter_map(|(content, names)| Duplicates::of(content, names)).collect();
        sets.sort_by_key(|set| (u64::MAX - set.wasted, set.blake3.clone()));
        sets
    }
}

#[derive(Debug)]
pub(crate) struct Duplicates {
    pub(crate) blake3: String,
    pub(crate) bytes: u64,
    pub(crate) copies: u64,
    pub(crate) wasted: u64,
    pub(crate) names: Vec<String>,
}

impl Duplicates {
    fn of(content: &[u8], names: &[(Vec<u8>, u64)]) -> Option<Self> {
        let mut inodes: Vec<u64> = names.iter().map(|&(_, inode)| inode).collect();
        inodes.sort_unstable();
        inodes.dedup();
        let (bytes, copies) = (content.len() as u64, inodes.len() as u64);
        let mut names: Vec<_> =
            names.iter().map(|(name, _)| String::from_utf8(name.clone()).unwrap()).collect();
        names.sort();
        let blake3 = blake3::hash(content).to_string();
        let wasted = bytes * (copies - 1);
        (copies > 1).then_some(Self { blake3, bytes, copies, wasted, names })
    }
}
