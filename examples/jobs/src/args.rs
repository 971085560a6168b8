//! What this process is to be.

use std::io;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use lexopt::{Arg, Error, Parser, ValueExt};
use tempfile::TempDir;

use crate::engine::Place;
use crate::handlers::Reporter;

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Half of the jobs are reports. Of fewer, what the other worker holds at once could be so many that
/// the doomed one never comes to the report at which it is killed.
const FEWEST: i64 = 16;

pub(crate) enum Role {
    /// Has the jobs done.
    Main {
        place: Place,
        root: PathBuf,
        jobs: i64,
        /// Where the database is, if no other is named: it goes away with this.
        _own: TempDir,
    },
    /// Does them.
    Worker { place: Place, reporter: Reporter },
}

pub(crate) fn parse() -> Result<Role, Error> {
    let mut parser = Parser::from_env();
    let mut url = None;
    let (mut root, mut jobs) = (REPOSITORY.into(), 200);
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Value(word) if word == "worker" => return worker(parser),
            Arg::Long("url") => url = Some(parser.value()?.string()?),
            Arg::Long("root") => root = parser.value()?.into(),
            Arg::Long("jobs") => jobs = parser.value()?.parse()?,
            other => return Err(other.unexpected()),
        }
    }
    if jobs < FEWEST {
        return Err(format!("`--jobs` takes a number from {FEWEST} on").into());
    }
    let own = tempfile::tempdir().map_err(|error: io::Error| Error::Custom(error.into()))?;
    let url =
        url.unwrap_or_else(|| format!("sqlite:{}?mode=rwc", own.path().join("jobs.db").display()));
    let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let place = Place { url, run: started.as_nanos().to_string() };
    Ok(Role::Main { place, root, jobs, _own: own })
}

fn worker(mut parser: Parser) -> Result<Role, Error> {
    let (mut url, mut run, mut name, mut desk) = (None, None, None, None);
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("url") => url = Some(parser.value()?.string()?),
            Arg::Long("run") => run = Some(parser.value()?.string()?),
            Arg::Long("name") => name = Some(parser.value()?.string()?),
            Arg::Long("desk") => desk = Some(parser.value()?.parse()?),
            other => return Err(other.unexpected()),
        }
    }
    let (Some(url), Some(run), Some(worker), Some(desk)) = (url, run, name, desk) else {
        return Err("a worker needs `--url`, `--run`, `--name` and `--desk`".into());
    };
    Ok(Role::Worker { place: Place { url, run }, reporter: Reporter { worker, desk } })
}
