//! Catalogs a directory tree: its files, its languages, and every set of duplicate files with the
//! space that it wastes.
//!
//! ```sh
//! cargo run --release --example ingest                       # this repository
//! cargo run --release --example ingest -- ~/.cargo           # any tree
//! cargo run --release --example ingest -- /usr --db usr.db   # and keeps the catalog
//! ```
//!
//! Walking, reading and SQLite block; waiting for room in a queue does not. Here what blocks is a
//! plain `fn`, what waits is an `async fn`, and `#[dispatch]` on both is all that is said about
//! threads. The pipeline fuses the blocking stages of a file into one hop to the blocking pool: the
//! report shows how many hops that saves. Nothing is held for all files at once, so that memory
//! does not grow with the tree.

mod args;
mod catalog;
mod file;
mod language;
mod problem;
mod progress;
mod report;
mod walk;

use std::fs;
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::PathBuf;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;

use futures::{Stream, StreamExt};
use indicatif::ProgressBar;
use lionpride_concurrency::{dispatch, pipeline, stream_sync};
use tokio::sync::mpsc::{self, Receiver, Sender};

use crate::args::Args;
use crate::catalog::{Catalog, Row};
use crate::file::{Classified, Content, Measured, OpenFile};
use crate::problem::{Failure, Fatal, Kind, Printable, Problem};
use crate::progress::{REDRAWN_EVERY, SYNC_STAGES, Tally};
use crate::walk::{Found, Met, Walk};

/// Lets files pass. What else the walk has found ends here.
#[dispatch]
fn admit(found: Found) -> Result<PathBuf, Failure> {
    Ok(found?)
}

/// Opens a file.
#[dispatch]
fn open(path: PathBuf) -> Result<OpenFile, Failure> {
    OpenFile::open(&path).map_err(|error| Problem::io(Kind::CannotOpen, path, &error).into())
}

/// Reads a file to its end, chunk by chunk: its hash, bytes and lines.
#[dispatch]
fn measure(mut open: OpenFile) -> Result<Measured, Failure> {
    let mut content = Content::default();
    let mut buffer = open.buffer();
    loop {
        match open.file.read(&mut buffer) {
            Ok(0) => return Ok(content.of(open)),
            Ok(len) => content.add(&buffer[..len]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(Problem::io(Kind::CannotRead, open.path, &error).into()),
        }
    }
}

/// Names the language of a file.
#[dispatch]
fn classify(file: Measured) -> Classified {
    let language = if file.binary { "(binary)" } else { language::of(&file.path) };
    Classified { language, file }
}

/// Queues a file for the catalog, waiting while the queue is full; gives back its size.
#[dispatch]
async fn submit(queue: Sender<Row>, file: Classified) -> Result<u64, Failure> {
    let bytes = file.file.bytes;
    queue.send(Ok(file)).await.map_err(|_| Failure::NoWriter)?;
    Ok(bytes)
}

/// A tree that is there, and an empty catalog for it.
#[dispatch]
fn prepare(root: PathBuf, db: Option<PathBuf>) -> Result<Catalog, Fatal> {
    fs::metadata(&root).map_err(|error| format!("{}: {error}", Printable::new(&root)))?;
    Catalog::create(db.as_deref())
}

/// Writes what is queued until the queue closes: SQLite has one writer.
#[dispatch]
fn write(mut catalog: Catalog, mut queue: Receiver<Row>) -> Result<Catalog, Fatal> {
    while let Some(row) = queue.blocking_recv() {
        catalog.insert(&row)?;
    }
    catalog.complete()?;
    Ok(catalog)
}

/// Puts a catalog that is to be kept where it belongs, if every file is in it.
#[dispatch]
fn publish(catalog: Catalog, tally: Tally) -> Result<Catalog, Fatal> {
    assert_eq!(catalog.totals()?, (tally.files, tally.bytes), "the writer has lost a file");
    catalog.publish()
}

/// Prints what the catalog says.
#[dispatch]
fn report(catalog: Catalog, met: Arc<Met>, tally: Tally, seconds: f64) -> Result<(), Fatal> {
    report::problems(&catalog, &mut BufWriter::new(io::stderr()))?;
    let mut out = BufWriter::new(io::stdout());
    report::figures(&catalog, &met, &mut out)?;
    report::timing(&tally, seconds, &mut out)?;
    Ok(out.flush()?)
}

/// Prints a text to standard output.
#[dispatch]
fn print(text: String) -> io::Result<()> {
    io::stdout().write_all(text.as_bytes())
}

/// Says how far the work is, where no bar shows it.
#[dispatch]
fn say(tally: Tally) {
    eprintln!("{tally}");
}

/// So many files are on their way at once.
const IN_FLIGHT: usize = 16;

/// So many paths may wait for the pipeline.
const AHEAD: usize = 256;

/// So many rows may wait for the writer. There must be more room than files in flight: they do not
/// move while a problem is queued, and the room that they were promised stays empty.
const QUEUE: usize = 16 * IN_FLIGHT;

async fn ingest(Args { root, skip, db }: Args) -> Result<(), Fatal> {
    let catalog = prepare(root.clone(), db).await?;
    let met = Arc::new(Met::default());
    let walk = Walk::new(&root, skip, catalog.files(), met.clone());
    let (queue, rows) = mpsc::channel(QUEUE);

    let bar = progress::bar();
    let (writer, shown) = (queue.clone(), bar.clone());
    let ingest_file = pipeline!(
        inline(admit)?,
        open?,
        measure?,
        classify,
        (move |file| submit(writer.clone(), file))?,
    )
    .observed(move |now| shown.set_position(now.finished));
    let plan = ingest_file.to_string();
    let sync_stages = plan.lines().filter(|line| line.contains("  sync  ")).count();
    assert_eq!(sync_stages, SYNC_STAGES, "the report counts other stages than there are");
    print(format!("{plan}\n")).await?;

    let hops = ingest_file.hops();
    let outcomes = ingest_file.stream_unordered(stream_sync(|| walk, AHEAD), IN_FLIGHT);
    // As long as it is there, somebody may submit, and the writer waits.
    drop(ingest_file);
    let (catalog, tally) = tokio::join!(write(catalog, rows), settle(outcomes, hops, queue, &bar));
    let (catalog, seconds) = (catalog?, tally.seconds());
    assert_eq!(bar.position(), tally.entries(), "the pipeline has told of other entries");
    drop(bar);
    let catalog = publish(catalog, tally).await?;
    report(catalog, met, tally, seconds).await
}

/// Counts what comes out of the pipeline, and passes the problems on, while `bar` is drawn.
async fn settle(
    outcomes: impl Stream<Item = Result<u64, Failure>>,
    hops: usize,
    queue: Sender<Row>,
    bar: &ProgressBar,
) -> Tally {
    bar.enable_steady_tick(REDRAWN_EVERY);
    let mut tally = Tally::start();
    let mut outcomes = pin!(outcomes);
    while let Some(outcome) = outcomes.next().await {
        match outcome {
            Ok(bytes) => {
                tally.stored(bytes, hops);
                if tally.is_round() && bar.is_hidden() {
                    say(tally).await;
                }
            }
            Err(Failure::NoWriter) => break,
            Err(Failure::File(problem)) => {
                tally.failed(&problem);
                if queue.send(Err(problem)).await.is_err() {
                    break;
                }
            }
        }
    }
    tally
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = match Args::parse() {
        Ok(args) => args,
        Err(error) => {
            eprintln!("ingest: {error}; `--help` shows the options");
            return ExitCode::from(2);
        }
    };
    match ingest(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ingest: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whoever reads has seen enough, as `ingest | head` has.
fn is_broken_pipe(error: &Fatal) -> bool {
    let io = error.downcast_ref::<io::Error>();
    io.is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}
