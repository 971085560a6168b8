//! The whole story: jobs, two workers, a death, and the count.

use std::fmt::{self, Display};
use std::path::PathBuf;

use apalis::prelude::BoxDynError;
use lionpride_concurrency::{current_time, dispatch, fail_after, sleep};
use walkdir::WalkDir;

use crate::desk::Desk;
use crate::engine::{KINDS, Place};
use crate::handlers::Job;
use crate::ledger::{Done, Ledger};
use crate::worker::{self, Worker};

/// In seconds: beyond all that a slow machine takes.
const DEADLINE: f64 = 120.0;

/// What has become of the jobs.
pub(crate) struct Summary {
    place: Place,
    jobs: i64,
    /// What the killed worker had in its hands.
    held: i64,
    /// Done by the killed worker, first.
    by_killed: usize,
    twice: usize,
    /// From the kill to the end of the last job.
    seconds: f64,
}

/// The files below `root`, without those that are hidden or built.
#[dispatch]
fn files(root: PathBuf) -> Result<Vec<PathBuf>, walkdir::Error> {
    let tree = WalkDir::new(root).min_depth(1).sort_by_file_name().into_iter();
    let kept = tree.filter_entry(|entry| {
        let name = entry.file_name().to_string_lossy();
        !name.starts_with('.') && name != "target"
    });
    kept.filter(|entry| entry.as_ref().map_or(true, |entry| entry.file_type().is_file()))
        .map(|entry| Ok(entry?.into_path()))
        .collect()
}

/// Has so many jobs done, half of them of each kind, although one of two workers dies.
pub(crate) async fn run(place: Place, root: PathBuf, jobs: i64) -> Result<Summary, BoxDynError> {
    place.set_up().await?;
    let ledger = Ledger::open(&place.url, &place.run, "nobody").await?;
    ledger.create().await?;
    enqueue(&place, files(root).await?, jobs).await?;

    let desk = Desk::open().await?;
    let doomed = Worker::start("doomed", &place, desk.address()?)?;
    let mut other = Worker::start("other", &place, desk.address()?)?;
    let midway = usize::try_from(jobs / 8)?;
    let waiting = fail_after(DEADLINE, desk.until_nth_of("doomed", midway)).await??;
    worker::kill(doomed).await?;
    let killed = current_time();
    let held = place.count(ledger.pool(), "doomed").await?.held;

    for report in waiting {
        report.answer().await;
    }
    tokio::select! {
        ended = fail_after(DEADLINE, all_done(&place, &ledger, jobs, &mut other)) => ended??,
        failed = desk.serve() => failed?,
    }
    let seconds = current_time() - killed;
    if !worker::finish(other).await?.success() {
        return Err("the other worker has failed".into());
    }
    let done = ledger.done().await?;
    check(&done, jobs, held);
    let by_killed = done.iter().filter(|done| done.worker == "doomed").count();
    let twice = done.iter().filter(|done| done.times > 1).count();
    Ok(Summary { place, jobs, held, by_killed, twice, seconds })
}

/// Waits until the engine has a result of every job.
async fn all_done(
    place: &Place,
    ledger: &Ledger,
    jobs: i64,
    other: &mut Worker,
) -> Result<(), BoxDynError> {
    while place.count(ledger.pool(), "doomed").await?.done < jobs {
        if other.has_ended()? {
            return Err("the other worker has ended too".into());
        }
        sleep(0.05).await;
    }
    Ok(())
}

/// The claims of this example.
fn check(done: &[Done], jobs: i64, held: i64) {
    let numbers: Vec<_> = done.iter().map(|done| done.job).collect();
    assert_eq!(numbers, (0..jobs).collect::<Vec<_>>(), "no job is lost");
    assert!(held > 0, "the killed worker took jobs with it");
}

async fn enqueue(place: &Place, files: Vec<PathBuf>, count: i64) -> Result<(), BoxDynError> {
    if files.is_empty() {
        return Err("there are no files".into());
    }
    // Every other job is of the same kind; with fewer files than jobs, files come again.
    let mut jobs = KINDS.map(|_| Vec::new());
    let kinds = (0..KINDS.len()).cycle();
    for ((number, path), kind) in (0..count).zip(files.iter().cycle()).zip(kinds) {
        jobs[kind].push(Job { number, path: path.clone() });
    }
    for (kind, jobs) in KINDS.into_iter().zip(jobs) {
        place.enqueue(kind, jobs).await?;
    }
    Ok(())
}

impl Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, jobs, held, by_killed, twice, seconds } = self;
        writeln!(f, "{jobs} jobs in {}, half of them sync", place.url)?;
        writeln!(
            f,
            "one of two workers killed, after {by_killed} jobs and with {held} in its hands"
        )?;
        writeln!(f, "{seconds:.1} s later all {jobs} are done, {twice} of them twice")
    }
}
