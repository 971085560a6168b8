//! The catalog: one SQLite database.

mod draft;

use std::path::{Path, PathBuf};

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, Params, Result, params};

use self::draft::{APPLICATION_ID, Draft};
use crate::file::{Classified, Inode};
use crate::problem::{Fatal, Problem};

/// So many rows share a transaction.
const BATCH: u64 = 1000;

/// A path is text, or the exact bytes where those are not UTF-8.
const TABLES: &str = "
CREATE TABLE file (
    path     ANY     NOT NULL,
    language TEXT    NOT NULL,
    bytes    INTEGER NOT NULL,
    lines    INTEGER NOT NULL,
    blake3   BLOB    NOT NULL,
    device   INTEGER,
    inode    INTEGER NOT NULL
) STRICT;

CREATE TABLE problem (
    path   ANY  NOT NULL,
    kind   TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
";

/// Hard links are names of one copy. An empty file is nobody's duplicate.
const DUPLICATES: &str = "
CREATE INDEX file_by_content ON file (blake3, device, inode, bytes);

CREATE VIEW duplicates AS
SELECT blake3, bytes, sum(names) AS names, count(*) AS copies, bytes * (count(*) - 1) AS wasted
FROM (
    SELECT blake3, bytes, count(*) AS names FROM file WHERE bytes > 0
    GROUP BY blake3, device, inode, bytes
)
GROUP BY blake3, bytes
HAVING copies > 1;
";

/// What is written down of a file.
pub(crate) type Row = std::result::Result<Classified, Problem>;

/// The database: writable until it is published.
#[derive(Debug)]
pub(crate) struct Catalog {
    connection: Connection,
    rows: u64,
    draft: Option<Draft>,
}

impl Catalog {
    /// A new catalog: for the file `db`, or for this run alone.
    pub(crate) fn create(db: Option<&Path>) -> std::result::Result<Self, Fatal> {
        let draft = db.map(Draft::of).transpose()?;
        let connection = match &draft {
            Some(draft) => Connection::open(draft.path())?,
            // SQLite's word for a temporary file, which no walk meets: it has no name.
            None => Connection::open("")?,
        };
        // An unfinished catalog is thrown away, so that nothing need survive a crash.
        connection.pragma_update(None, "journal_mode", "off")?;
        connection.pragma_update(None, "synchronous", "off")?;
        connection.pragma_update(None, "locking_mode", "exclusive")?;
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
        connection.execute_batch(TABLES)?;
        connection.execute_batch("BEGIN")?;
        Ok(Self { connection, rows: 0, draft })
    }

    /// The files that belong to the catalog and not to the tree.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        self.draft.as_ref().map(Draft::files).unwrap_or_default()
    }

    pub(crate) fn insert(&mut self, row: &Row) -> Result<()> {
        match row {
            Ok(file) => self.insert_file(file)?,
            Err(problem) => self.insert_problem(problem)?,
        }
        self.rows += 1;
        if self.rows % BATCH == 0 {
            self.connection.execute_batch("COMMIT; BEGIN")?;
        }
        Ok(())
    }

    fn insert_file(&self, Classified { language, file }: &Classified) -> Result<()> {
        // Without inodes, every name is a file of its own.
        let inode = file.inode.unwrap_or(Inode { device: 0, number: self.rows });
        let sql = "INSERT INTO file VALUES (?, ?, ?, ?, ?, ?, ?)";
        self.connection.prepare_cached(sql)?.execute(params![
            sql_path(&file.path),
            language,
            file.bytes,
            file.lines,
            file.blake3.as_bytes(),
            as_integer(inode.device),
            as_integer(inode.number),
        ])?;
        Ok(())
    }

    fn insert_problem(&self, Problem { kind, path, reason }: &Problem) -> Result<()> {
        let sql = "INSERT INTO problem VALUES (?, ?, ?)";
        let mut insert = self.connection.prepare_cached(sql)?;
        insert.execute(params![sql_path(path), kind.label(), reason])?;
        Ok(())
    }

    /// Ends the writing: from here on the duplicates can be asked for.
    pub(crate) fn complete(&mut self) -> Result<()> {
        self.connection.execute_batch(DUPLICATES)?;
        self.connection.execute_batch("COMMIT")
    }

    /// Gives a catalog that is to be kept its name; from here on it can only be read.
    pub(crate) fn publish(mut self) -> std::result::Result<Self, Fatal> {
        if let Some(draft) = self.draft.take() {
            self.connection.close().map_err(|(_, error)| error)?;
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
            self.connection = Connection::open_with_flags(draft.publish()?, flags)?;
        }
        Ok(self)
    }

    /// How many files there are, and how many bytes.
    pub(crate) fn totals(&self) -> Result<(u64, u64)> {
        let sql = "SELECT count(*), ifnull(sum(bytes), 0) FROM file";
        self.connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// Asks, row by row: a result is never in memory as a whole.
    pub(crate) fn each(
        &self,
        sql: &str,
        arguments: impl Params,
        mut take: impl FnMut(&rusqlite::Row<'_>) -> std::result::Result<(), Fatal>,
    ) -> std::result::Result<(), Fatal> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(arguments)?;
        while let Some(row) = rows.next()? {
            take(row)?;
        }
        Ok(())
    }
}

fn sql_path(path: &Path) -> ToSqlOutput<'_> {
    let bytes = path.as_os_str().as_encoded_bytes();
    ToSqlOutput::Borrowed(match path.to_str() {
        Some(_) => ValueRef::Text(bytes),
        None => ValueRef::Blob(bytes),
    })
}

/// The same 64 bits: the integers of SQLite have a sign.
fn as_integer(bits: u64) -> i64 {
    i64::from_ne_bytes(bits.to_ne_bytes())
}
