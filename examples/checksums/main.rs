//! Prints the checksum of every file of a tree, so many files at once, until a deadline.
//!
//! ```sh
//! cargo run --release --example checksums                                   # this repository
//! cargo run --release --example checksums -- /usr --seconds 2 --at-once 2   # two seconds of /usr
//! ```
//!
//! A file is hashed by a plain blocking function. `#[dispatch(on = DISK)]` says where, and a limiter
//! how many at once. Every file has the same deadline: what is queued then is dropped, and no file is
//! opened any more; what is being hashed stops at its next block, however large the file is.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use blake3::{Hash, Hasher};
use futures::StreamExt;
use lexopt::{Arg, Parser, ValueExt};
use lionpride_concurrency::{
    Limiter, check_cancelled, current_time, dispatch, move_on_at, sleep, stream_sync,
};

static DISK: Limiter = Limiter::new("disk", 4);

/// How much is read between two looks at whether to go on.
const BLOCK: usize = 1 << 18;

/// How many files are on their way at once: most of them wait at the limiter.
const IN_FLIGHT: usize = 64;

static AT_WORK: AtomicUsize = AtomicUsize::new(0);
static MOST_AT_WORK: AtomicUsize = AtomicUsize::new(0);

/// What became of a file.
enum Outcome {
    Hashed(Hash),
    /// The deadline came first.
    Stopped,
}

/// The hash of a file, unless nobody waits for it any more.
#[dispatch(on = DISK)]
fn checksum(path: PathBuf) -> io::Result<Outcome> {
    let _here = AtWork::begin();
    if check_cancelled().is_err() {
        return Ok(Outcome::Stopped);
    }
    let mut file = File::open(path)?;
    let mut hasher = Hasher::new();
    let mut block = vec![0; BLOCK];
    while check_cancelled().is_ok() {
        match file.read(&mut block)? {
            0 => return Ok(Outcome::Hashed(hasher.finalize())),
            length => hasher.update(&block[..length]),
        };
    }
    Ok(Outcome::Stopped)
}

/// Counts how many are at work, for the example to check its own claim.
struct AtWork;

impl AtWork {
    fn begin() -> Self {
        let now = AT_WORK.fetch_add(1, Ordering::SeqCst) + 1;
        MOST_AT_WORK.fetch_max(now, Ordering::SeqCst);
        Self
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        AT_WORK.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Every file below `root`, in order of name; what cannot be read is told and passed by.
fn files(root: PathBuf) -> impl Iterator<Item = PathBuf> {
    let entries = walkdir::WalkDir::new(root).sort_by_file_name().into_iter();
    let found = entries.filter_map(|entry| entry.inspect_err(|error| eprintln!("{error}")).ok());
    found.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path)
}

struct Args {
    root: PathBuf,
    seconds: f64,
    at_once: usize,
}

fn args() -> Result<Args, lexopt::Error> {
    let mut args = Args { root: ".".into(), seconds: f64::INFINITY, at_once: DISK.limit() };
    let mut parser = Parser::from_env();
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("seconds") => args.seconds = parser.value()?.parse()?,
            Arg::Long("at-once") => args.at_once = parser.value()?.parse()?,
            Arg::Value(root) => args.root = root.into(),
            other => return Err(other.unexpected()),
        }
    }
    if args.seconds.is_nan() || args.at_once == 0 {
        return Err("`--seconds` takes a number, and `--at-once` one above 0".into());
    }
    Ok(args)
}

#[derive(Default)]
struct Count {
    found: u64,
    hashed: u64,
    failed: u64,
    stopped: u64,
}

async fn run(Args { root, seconds, at_once }: Args) -> io::Result<Count> {
    DISK.set_limit(at_once);
    let deadline = current_time() + seconds;
    let sums = stream_sync(move || files(root), IN_FLIGHT)
        .map(|path| async move { (path.clone(), move_on_at(deadline, checksum(path)).await) })
        .buffered(IN_FLIGHT);
    let (mut sums, mut count) = (pin!(sums), Count::default());
    let mut line = String::new();
    while let Some((path, sum)) = sums.next().await {
        count.found += 1;
        match sum {
            Some(Ok(Outcome::Hashed(hash))) => {
                count.hashed += 1;
                line.clear();
                writeln!(line, "{hash}  {}", path.display()).expect("a string has room");
                io::stdout().write_all(line.as_bytes())?;
            }
            Some(Err(error)) => {
                count.failed += 1;
                eprintln!("{}: {error}", path.display());
            }
            None | Some(Ok(Outcome::Stopped)) => count.stopped += 1,
        }
    }
    Ok(count)
}

/// The claims of this example.
async fn check(count: &Count, at_once: usize) {
    // What was given up still holds its permit, until it has noticed.
    while DISK.in_use() > 0 {
        sleep(0.001).await;
    }
    assert_eq!(count.found, count.hashed + count.failed + count.stopped, "every file is told of");
    assert!(MOST_AT_WORK.load(Ordering::SeqCst) <= at_once, "never more at once than allowed");
    let stats = DISK.stats();
    assert_eq!(stats.finished + stats.dropped, count.found, "each call has ended, once");
    assert_eq!((stats.queued, stats.running, stats.abandoned), (0, 0, 0), "nothing is left");
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = match args() {
        Ok(args) => args,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    let at_once = args.at_once;
    match run(args).await {
        Ok(count) => {
            check(&count, at_once).await;
            let Count { found, hashed, failed, stopped } = count;
            eprintln!(
                "{found} files: {hashed} hashed, {failed} not readable, {stopped} not in time"
            );
            eprintln!(
                "{} at once at the most; {:?}",
                MOST_AT_WORK.load(Ordering::SeqCst),
                DISK.stats()
            );
            ExitCode::SUCCESS
        }
        // Whoever read the output has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
