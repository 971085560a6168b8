//! The notes, in a SQLite database: one thread writes, and so many connections read.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lionpride_concurrency::{Dedicated, Limiter, Stats, check_cancelled, dispatch};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Result, Row, params};
use serde::{Deserialize, Serialize};
use tracing::info;

use crate::problem::Problem;
use crate::request::REQUEST;

/// How many reads run at once; the others wait in the order in which they came.
pub(crate) static READS: Limiter = Limiter::new("reads", 4);

/// How many instructions of SQLite's a read does between two looks at whether to go on.
const STEP: i32 = 10_000;

/// How many notes a search finds at most.
const FOUND: u32 = 20;

/// How long a write waits where another program writes to the same file.
const PATIENCE: Duration = Duration::from_secs(30);

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS note (
    id      INTEGER PRIMARY KEY,
    request INTEGER NOT NULL,
    text    TEXT    NOT NULL
) STRICT;
";

/// A note that is to be written.
#[derive(Debug, Deserialize)]
pub(crate) struct Draft {
    pub(crate) text: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Note {
    pub(crate) id: i64,
    pub(crate) text: String,
}

impl Note {
    fn of(row: &Row<'_>) -> Result<Self> {
        Ok(Self { id: row.get("id")?, text: row.get("text")? })
    }
}

pub(crate) struct Store {
    db: PathBuf,
    /// SQLite has one writer at a time: here it has its own thread, and its queue.
    writer: Dedicated<Connection>,
    /// Connections that nobody reads with now: never more than were needed at once.
    idle: Mutex<Vec<Connection>>,
    queue: u64,
    last_at_start: i64,
    acknowledged: AtomicU64,
}

impl Store {
    /// Opens the database, where up to `queue` reads may wait, and as many writes.
    #[dispatch]
    pub(crate) fn open(db: PathBuf, queue: u64) -> Result<Self> {
        let connection = open_to_write(&db)?;
        let last = "SELECT ifnull(max(id), 0) FROM note";
        let last_at_start = connection.query_row(last, [], |row| row.get(0))?;
        let writer = Dedicated::new("writer", move || connection);
        let (idle, acknowledged) = (Mutex::default(), AtomicU64::new(0));
        Ok(Self { db, writer, idle, queue, last_at_start, acknowledged })
    }

    /// Writes a note. Once this has been polled the note will be in the file, whether or not the
    /// caller is there to hear of it.
    pub(crate) async fn add(&self, draft: Draft) -> Result<Note, Problem> {
        let Stats { queued, running, .. } = self.writer.stats();
        if running > 0 && queued >= self.queue {
            return Err(Problem::Busy("writes"));
        }
        let add = self.writer.call(|connection| insert(connection, draft));
        let note = add.named("add").with_local(&REQUEST).shielded().await?;
        self.acknowledge();
        Ok(note)
    }

    /// The client is about to be told that its note is written.
    pub(crate) fn acknowledge(&self) {
        self.acknowledged.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether one more read can run, or may wait for its turn.
    pub(crate) fn has_room(&self) -> bool {
        READS.available() > 0 || (READS.waiting() as u64) < self.queue
    }

    /// The note of this number. It blocks.
    pub(crate) fn find(&self, id: i64) -> Result<Option<Note>> {
        let sql = "SELECT id, text FROM note WHERE id = ?";
        self.read(|connection| connection.prepare_cached(sql)?.query_row([id], Note::of).optional())
    }

    /// The newest notes in which `text` stands; it looks through all of them. It blocks.
    pub(crate) fn search(&self, text: &str) -> Result<Vec<Note>> {
        let sql = r"SELECT id, text FROM note WHERE text LIKE '%' || ? || '%' ESCAPE '\'
                    ORDER BY id DESC LIMIT ?";
        let text = text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
        let notes: Vec<Note> = self.read(|connection| {
            let mut search = connection.prepare_cached(sql)?;
            search.query_map(params![text, FOUND], Note::of)?.collect()
        })?;
        info!(found = notes.len(), "searched");
        Ok(notes)
    }

    /// Reads with a connection that is free, or with a new one.
    fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let idle = self.idle().pop();
        let connection = idle.map_or_else(|| open_to_read(&self.db), Ok)?;
        let result = work(&connection);
        self.idle().push(connection);
        result
    }

    /// A panic cannot leave a `Vec` half done.
    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What becomes of the writes.
    pub(crate) fn writes(&self) -> Stats {
        self.writer.stats()
    }

    /// Waits for the writes that were accepted, and checks that none is lost; says how many were
    /// acknowledged, and how many notes are new. The writer does one call after another: this is
    /// the last.
    pub(crate) async fn close(&self) -> Result<(u64, u64)> {
        let acknowledged = self.acknowledged.load(Ordering::Relaxed);
        let last_at_start = self.last_at_start;
        let new = self.writer.call(move |connection| {
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            let new = "SELECT count(*) FROM note WHERE id > ?";
            connection.query_row(new, [last_at_start], |row| row.get::<_, u64>(0))
        });
        let new = new.await?;
        assert!(new >= acknowledged, "{acknowledged} acknowledged, and {new} in the file");
        assert_eq!(self.writer.stats().dropped, 0, "what is shielded is never dropped");
        Ok((acknowledged, new))
    }
}

/// Writes a note, with the number of the request. It blocks.
pub(crate) fn insert(connection: &mut Connection, Draft { text }: Draft) -> Result<Note> {
    let sql = "INSERT INTO note (request, text) VALUES (?, ?)";
    connection.prepare_cached(sql)?.execute(params![REQUEST.get(), text])?;
    let id = connection.last_insert_rowid();
    info!(id, "written");
    Ok(Note { id, text })
}

pub(crate) fn open_to_write(db: &PathBuf) -> Result<Connection> {
    let connection = Connection::open(db)?;
    connection.busy_timeout(PATIENCE)?;
    // Readers do not wait for the writer, nor the writer for them.
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.execute_batch(TABLES)?;
    Ok(connection)
}

fn open_to_read(db: &PathBuf) -> Result<Connection> {
    let connection = Connection::open_with_flags(db, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    // A client that hangs up, or a deadline that passes, interrupts the query.
    connection.progress_handler(STEP, Some(|| check_cancelled().is_err()))?;
    Ok(connection)
}
