//! What is done to a file, in both colours.
//!
//! apalis takes a function that returns a future. A sync function is one as soon as it is dispatched,
//! and its arguments are what apalis extracts for it: there is nothing in between.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use apalis::prelude::{BoxDynError, Data};
use lionpride_concurrency::{Limiter, dispatch, run_async};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::ledger::Ledger;

/// The blocking work of a process, whatever number of queues it serves and jobs it has taken.
static DISK: Limiter = Limiter::new("disk", 2);

/// What the database holds of a job.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Job {
    pub(crate) number: i64,
    pub(crate) path: PathBuf,
}

/// Who reports, and where.
#[derive(Clone)]
pub(crate) struct Reporter {
    pub(crate) worker: String,
    pub(crate) desk: SocketAddr,
}

/// Writes down the hash of a file.
///
/// apalis polls its handlers in the task that also tells the others that this worker is alive. Were
/// this one not dispatched, a large file would make its worker look dead.
#[dispatch(on = DISK)]
pub(crate) fn checksum(job: Job, ledger: Data<Ledger>) -> Result<(), BoxDynError> {
    let hash = blake3::hash(&fs::read(&job.path)?);
    run_async(ledger.record(job.number, hash.to_hex().as_str()))?;
    Ok(())
}

/// Tells the desk of a file, and writes down its receipt.
#[dispatch]
pub(crate) async fn report(
    job: Job,
    ledger: Data<Ledger>,
    me: Data<Reporter>,
) -> Result<(), BoxDynError> {
    let mut line = BufReader::new(TcpStream::connect(me.desk).await?);
    line.write_all(format!("{} {}\n", me.worker, job.number).as_bytes()).await?;
    let mut receipt = String::new();
    if line.read_line(&mut receipt).await? == 0 {
        return Err("the desk has gone".into());
    }
    ledger.record(job.number, receipt.trim_end()).await?;
    Ok(())
}
