//! The example, run as its users run it, and what the database says afterwards.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use sqlx::any::install_default_drivers;
use sqlx::{AnyConnection, Connection};
use tempfile::TempDir;

const JOBS: usize = 40;
const FILES: usize = 7;

fn jobs(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jobs")).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn content(file: usize) -> String {
    format!("file {file}\n").repeat(file * 20_000)
}

fn tree() -> TempDir {
    let tree = tempfile::tempdir().unwrap();
    for file in 0..FILES {
        fs::write(tree.path().join(format!("file{file}")), content(file)).unwrap();
    }
    tree
}

/// What a job comes to, whoever does it: every other one is a checksum or a report.
fn outcome(job: usize) -> String {
    if job.is_multiple_of(2) {
        blake3::hash(content(job % FILES).as_bytes()).to_string()
    } else {
        format!("received {job}")
    }
}

/// Loses a worker midway, and looks for every job, in `table` and in the results.
async fn no_job_is_lost(url: &str, table: &str) {
    let tree = tree();
    let output =
        jobs(&["--url", url, "--root", tree.path().to_str().unwrap(), "--jobs", &JOBS.to_string()]);
    assert!(output.status.success(), "{}", text(&output.stderr));

    install_default_drivers();
    let mut database = AnyConnection::connect(url).await.unwrap();
    let results: Vec<(String, i64, String, String)> = sqlx::query_as(
        "SELECT run, job, outcome, worker FROM results
         WHERE run = (SELECT MAX(run) FROM results) ORDER BY job",
    )
    .fetch_all(&mut database)
    .await
    .unwrap();
    let found: Vec<_> =
        results.iter().map(|(_, job, outcome, _)| (*job, outcome.clone())).collect();
    let expected: Vec<_> =
        (0..JOBS).map(|job| (i64::try_from(job).unwrap(), outcome(job))).collect();
    assert_eq!(found, expected, "each job has its result, once");
    for worker in ["doomed", "other"] {
        assert!(results.iter().any(|(.., by)| by == worker), "{worker} has done nothing");
    }

    let states: Vec<(String, i64)> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT status, attempts FROM {table} WHERE job_type LIKE $1"
    )))
    .bind(format!("%-{}", results[0].0))
    .fetch_all(&mut database)
    .await
    .unwrap();
    assert_eq!(states.len(), JOBS);
    assert!(states.iter().all(|(status, _)| status == "Done"), "{states:?}");
    let given_again = states.iter().filter(|(_, attempts)| *attempts > 1).count();
    assert_ne!(given_again, 0, "the killed worker held jobs");
}

fn sqlite(directory: &Path) -> String {
    format!("sqlite:{}?mode=rwc", directory.join("jobs.db").display())
}

#[tokio::test]
async fn no_job_is_lost_with_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    no_job_is_lost(&sqlite(directory.path()), "Jobs").await;
}

#[tokio::test]
async fn no_job_is_lost_with_postgres() {
    match env::var("JOBS_POSTGRES_URL") {
        Ok(url) => no_job_is_lost(&url, "apalis.jobs").await,
        Err(_) => eprintln!("skipped: JOBS_POSTGRES_URL names no database"),
    }
}

#[test]
fn jobs_that_cannot_be_done_do_not_pass() {
    let directory = tempfile::tempdir().unwrap();
    let empty = tempfile::tempdir().unwrap();
    let output =
        jobs(&["--url", &sqlite(directory.path()), "--root", empty.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stderr), "there are no files\n");
}

#[test]
fn a_mistake_in_the_arguments_is_told() {
    for args in [&["--jobs", "3"][..], &["--jobs", "many"], &["worker", "--name", "a"], &["--loud"]]
    {
        let output = jobs(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert_ne!(text(&output.stderr), "");
    }
}
