//! Past one machine: dispatched functions of both colours as the handlers of a job engine, and no
//! job lost when a worker is killed.
//!
//! ```sh
//! cd examples/jobs
//! cargo run                                         # SQLite, in a file that goes away
//! cargo run -- --jobs 1000 --root /usr/include
//! cargo run -- --url 'sqlite:jobs.db?mode=rwc'      # keeps it
//! cargo run -- --url postgres://user@localhost/db   # on a server
//! ```
//!
//! Most of the time it waits for the database: `--release` takes three times as long to build, and
//! gains little.
//!
//! The engine is apalis. Its jobs are rows of a database; this program puts some there, starts itself
//! twice as a worker, and kills one of the two while it is in the middle of a job. The engine finds
//! that out by the silence, and gives what the worker had in its hands to the other one.
//!
//! So a job may be done twice, and never not at all. Its result is a row with the job's number for a
//! key: doing it twice does no harm.

mod args;
mod desk;
mod engine;
mod handlers;
mod ledger;
mod run;
mod worker;

use std::process::exit;

use apalis::prelude::BoxDynError;

use crate::args::Role;
use crate::ledger::Ledger;

async fn play(role: Role) -> Result<(), BoxDynError> {
    match role {
        Role::Main { place, root, jobs, .. } => {
            print!("{}", run::run(place, root, jobs).await?);
            Ok(())
        }
        Role::Worker { place, reporter } => {
            let ledger = Ledger::open(&place.url, &place.run, &reporter.worker).await?;
            place.work(ledger, reporter).await
        }
    }
}

#[tokio::main]
async fn main() {
    let role = match args::parse() {
        Ok(role) => role,
        Err(error) => {
            eprintln!("{error}");
            exit(2);
        }
    };
    let outcome = play(role).await;
    if let Err(error) = &outcome {
        eprintln!("{error}");
    }
    // Not by returning: a worker that has failed would wait for the thread that reads its stdin.
    exit(i32::from(outcome.is_err()));
}
