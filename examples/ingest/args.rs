//! The command line.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process;

use lexopt::prelude::*;

const HELP: &str = "\
Catalogs a directory tree: its files, its languages, and every set of duplicates.

Usage: ingest [PATH] [--db FILE] [--skip NAME]...

  PATH         the tree, or a file; without it this repository, as if
               `--skip target --skip .git` were given
  --db FILE    keep the catalog, a SQLite database, in FILE; an earlier catalog there is
               replaced once the new one is complete, and is no part of the tree
  --skip NAME  leave out directories of this name, wherever they are in the tree

Symbolic links are counted and not followed, except PATH itself.";

/// What to ingest, and where to.
#[derive(Debug)]
pub(crate) struct Args {
    pub(crate) root: PathBuf,
    pub(crate) skip: Vec<OsString>,
    pub(crate) db: Option<PathBuf>,
}

impl Args {
    /// Reads the command line; `--help` is answered here and ends the program.
    pub(crate) fn parse() -> Result<Self, lexopt::Error> {
        let (mut root, mut skip, mut db) = (None, Vec::new(), None);
        let mut parser = lexopt::Parser::from_iter(env::args_os());
        while let Some(arg) = parser.next()? {
            match arg {
                Value(path) if root.is_none() => root = Some(path.into()),
                Long("db") if db.is_none() => db = Some(parser.value()?.into()),
                Long("skip") => skip.push(parser.value()?),
                Short('h') | Long("help") => help(),
                other => return Err(other.unexpected()),
            }
        }
        let root = root.unwrap_or_else(|| {
            skip.extend(["target".into(), ".git".into()]);
            this_repository()
        });
        Ok(Self { root, skip, db })
    }
}

fn help() -> ! {
    println!("{HELP}");
    process::exit(0)
}

fn this_repository() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_path_buf()
}
