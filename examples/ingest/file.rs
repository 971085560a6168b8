//! What becomes of a file on its way to the catalog.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use memchr::{memchr, memchr_iter};

/// As far as this, a zero byte makes a file binary.
const SNIFFED: u64 = 8 * 1024;

/// So much of a file is in memory at once, at most.
const CHUNK: u64 = 128 * 1024;

#[derive(Debug)]
pub(crate) struct OpenFile {
    pub(crate) path: PathBuf,
    pub(crate) file: File,
    pub(crate) inode: Option<Inode>,
    len: u64,
}

/// Names with the same inode are hard links to one file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inode {
    pub(crate) device: u64,
    pub(crate) number: u64,
}

#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) path: PathBuf,
    pub(crate) inode: Option<Inode>,
    pub(crate) blake3: blake3::Hash,
    pub(crate) bytes: u64,
    pub(crate) lines: u64,
    pub(crate) binary: bool,
}

#[derive(Debug)]
pub(crate) struct Classified {
    pub(crate) language: &'static str,
    pub(crate) file: Measured,
}

impl OpenFile {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = read_only().open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("no longer a regular file"));
        }
        let inode = inode(&metadata);
        Ok(Self { path: path.to_path_buf(), file, inode, len: metadata.len() })
    }

    /// A buffer for reading this file: most files are smaller than a chunk.
    pub(crate) fn buffer(&self) -> Vec<u8> {
        let len = (self.len + 1).clamp(SNIFFED, CHUNK);
        vec![0; usize::try_from(len).unwrap_or(usize::MAX)]
    }
}

#[cfg(unix)]
fn read_only() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;

    // Should a named pipe have taken the file's place, opening it would wait for a writer.
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(libc::O_NONBLOCK);
    options
}

#[cfg(not(unix))]
fn read_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    options
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "other systems have none")]
fn inode(metadata: &Metadata) -> Option<Inode> {
    use std::os::unix::fs::MetadataExt;

    Some(Inode { device: metadata.dev(), number: metadata.ino() })
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> Option<Inode> {
    None
}

/// A file's content, seen chunk by chunk.
#[derive(Debug, Default)]
pub(crate) struct Content {
    hasher: blake3::Hasher,
    bytes: u64,
    lines: u64,
    binary: bool,
}

impl Content {
    pub(crate) fn add(&mut self, chunk: &[u8]) {
        let sniffed = usize::try_from(SNIFFED.saturating_sub(self.bytes)).unwrap_or(usize::MAX);
        self.binary |= memchr(0, &chunk[..chunk.len().min(sniffed)]).is_some();
        self.bytes += chunk.len() as u64;
        self.lines += memchr_iter(b'\n', chunk).count() as u64;
        self.hasher.update(chunk);
    }

    pub(crate) fn of(self, OpenFile { path, inode, .. }: OpenFile) -> Measured {
        let Self { hasher, bytes, lines, binary } = self;
        Measured { path, inode, blake3: hasher.finalize(), bytes, lines, binary }
    }
}
