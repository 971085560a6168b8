//! A catalog with a file name, before it is complete.
//!
//! It is written beside its destination and takes that name at the end: until then an earlier
//! catalog stays as it is, whatever happens to this run.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::problem::{Fatal, Printable};

/// Tells a catalog of this program from the other databases of SQLite: "ingt".
pub(super) const APPLICATION_ID: i32 = 0x696e_6774;

/// The start of every SQLite database; the application's id is in bytes 68 to 71.
const MAGIC: &[u8] = b"SQLite format 3\0";

#[derive(Debug)]
pub(super) struct Draft {
    file: NamedTempFile,
    destination: PathBuf,
}

impl Draft {
    /// A draft for `db`, unless that holds something that is not to be lost.
    pub(super) fn of(db: &Path) -> Result<Self, Fatal> {
        let explain = |error: &dyn std::fmt::Display| format!("{}: {error}", Printable::new(db));
        let destination = destination(db).map_err(|error| explain(&error))?;
        check_replaceable(&destination).map_err(|error| explain(&error))?;
        let file = create_beside(&destination).map_err(|error| explain(&error))?;
        Ok(Self { file, destination })
    }

    pub(super) fn path(&self) -> &Path {
        self.file.path()
    }

    pub(super) fn files(&self) -> Vec<PathBuf> {
        vec![self.path().to_path_buf(), self.destination.clone()]
    }

    /// Gives the draft its name, which is returned, once it is safely on disk.
    pub(super) fn publish(self) -> Result<PathBuf, Fatal> {
        self.file.as_file().sync_all()?;
        self.file.persist(&self.destination)?;
        Ok(self.destination)
    }
}

/// The file that `db` means: links are followed, and its directory has to be there.
fn destination(db: &Path) -> Result<PathBuf, Fatal> {
    if let Ok(existing) = fs::canonicalize(db) {
        return Ok(existing);
    }
    let name = db.file_name().ok_or("not the name of a file")?;
    let directory = match db.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    Ok(fs::canonicalize(directory)?.join(name))
}

fn check_replaceable(db: &Path) -> Result<(), Fatal> {
    match fs::metadata(db) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
        Ok(existing) if !existing.is_file() => return Err("not a regular file".into()),
        Ok(existing) if existing.len() == 0 => return Ok(()),
        Ok(_) => check_application(db)?,
    }
    // What a database in use keeps beside itself would be taken for the new one's.
    for suffix in ["-journal", "-wal"] {
        let mut beside = db.as_os_str().to_owned();
        beside.push(suffix);
        if fs::exists(&beside)? {
            return Err(format!("in use: there is a {}", Printable::new(&beside)).into());
        }
    }
    Ok(())
}

/// Looks at the bytes: for SQLite, even opening another program's database may change it.
fn check_application(db: &Path) -> Result<(), Fatal> {
    let mut header = Vec::new();
    File::open(db)?.take(72).read_to_end(&mut header)?;
    if !header.starts_with(MAGIC) {
        return Err("not a SQLite database; it is left as it is".into());
    }
    if header[MAGIC.len()..].ends_with(&APPLICATION_ID.to_be_bytes()) {
        return Ok(());
    }
    Err("a SQLite database, but not one of this program's; it is left as it is".into())
}

fn create_beside(destination: &Path) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".ingest-").suffix(".db");
    #[cfg(unix)]
    let everyone = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    #[cfg(unix)]
    // As for any new file, the umask has the last word.
    builder.permissions(everyone);
    builder.tempfile_in(destination.parent().unwrap_or(destination))
}
