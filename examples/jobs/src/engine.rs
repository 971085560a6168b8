//! The jobs in apalis's hands, in either of its databases.

use std::io::{self, Read};
use std::time::Duration;

use apalis::prelude::BoxDynError;
use lionpride_concurrency::dispatch;
use sqlx::{AnyPool, AssertSqlSafe};

use crate::handlers::{Job, Reporter};
use crate::ledger::Ledger;

/// The queues: one for each handler.
pub(crate) const KINDS: [&str; 2] = ["checksum", "report"];

/// How often a worker says that it is alive. A dead one's jobs go to another after the silence of
/// `MISSED` of these: apalis counts whole seconds, so that is a little less or more than three.
const HEARTBEAT: Duration = Duration::from_millis(500);
const MISSED: usize = 6;

/// How many jobs of a kind a process has in its hands at once.
const AT_ONCE: usize = 4;

/// Where the jobs are.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// A database: `sqlite:PATH?mode=rwc` or `postgres://..`.
    pub(crate) url: String,
    /// Keeps the queues of this run apart from what else is in the database.
    pub(crate) run: String,
}

/// Jobs of a run, as the engine sees them.
pub(crate) struct Count {
    pub(crate) done: i64,
    /// In the hands of the worker that was asked for, and not done.
    pub(crate) held: i64,
}

impl Place {
    fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }

    fn queue(&self, kind: &str) -> String {
        format!("{kind}-{}", self.run)
    }

    /// apalis knows a worker by its name, and keeps one row for it: a name a queue.
    fn worker(&self, kind: &str, name: &str) -> String {
        format!("{name}-{kind}-{}", self.run)
    }

    /// Makes apalis's tables, where they are not there yet.
    pub(crate) async fn set_up(&self) -> Result<(), BoxDynError> {
        if self.is_postgres() { postgres::set_up(self).await } else { sqlite::set_up(self).await }
    }

    pub(crate) async fn enqueue(&self, kind: &str, jobs: Vec<Job>) -> Result<(), BoxDynError> {
        if self.is_postgres() {
            postgres::enqueue(self, kind, jobs).await
        } else {
            sqlite::enqueue(self, kind, jobs).await
        }
    }

    /// Does jobs until the process that started this one is gone.
    pub(crate) async fn work(&self, ledger: Ledger, reporter: Reporter) -> Result<(), BoxDynError> {
        if self.is_postgres() {
            postgres::work(self, ledger, reporter).await
        } else {
            sqlite::work(self, ledger, reporter).await
        }
    }

    /// Counts the jobs that are done, and those that `worker` holds.
    pub(crate) async fn count(&self, pool: &AnyPool, worker: &str) -> Result<Count, BoxDynError> {
        let jobs = if self.is_postgres() { "apalis.jobs" } else { "Jobs" };
        let count = format!(
            "SELECT COUNT(CASE WHEN status = 'Done' THEN 1 END),
                COUNT(CASE WHEN status <> 'Done' AND lock_by IN ($3, $4) THEN 1 END)
            FROM {jobs} WHERE job_type IN ($1, $2)"
        );
        let mut query = sqlx::query_as(AssertSqlSafe(count));
        for kind in KINDS {
            query = query.bind(self.queue(kind));
        }
        for kind in KINDS {
            query = query.bind(self.worker(kind, worker));
        }
        let (done, held) = query.fetch_one(pool).await?;
        Ok(Count { done, held })
    }
}

/// Ends once the process that started this one has closed its end of stdin, or is no more.
#[dispatch]
fn parent_gone() -> io::Result<()> {
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// Has the same functions for each of apalis's storages, which have no type in common.
macro_rules! on {
    ($database:ident, $krate:ident, $Storage:ident, $Pool:ident) => {
        mod $database {
            use apalis::prelude::{
                BoxDynError, TaskSink, WorkerBuilder, WorkerBuilderExt, WorkerError,
            };
            use futures::{FutureExt, future::try_join};
            use sqlx::$Pool;
            use $krate::{Config, $Storage};

            use super::{AT_ONCE, HEARTBEAT, MISSED, Place, parent_gone};
            use crate::handlers::{Job, Reporter, checksum, report};
            use crate::ledger::Ledger;

            fn storage(place: &Place, pool: &$Pool, kind: &str) -> $Storage<Job> {
                let config = Config::default()
                    .queue(place.queue(kind))
                    .heartbeat_interval(HEARTBEAT)
                    .missed_heartbeats(MISSED)
                    // While a worker has fetched more jobs than it can start, it sends no heartbeat.
                    .batch_size(1);
                $Storage::new(pool).with_config(config)
            }

            pub(super) async fn set_up(place: &Place) -> Result<(), BoxDynError> {
                let pool = $Pool::connect(&place.url).await?;
                $Storage::setup(&pool).await?;
                // It has told SQLite not to wait for the disk, which is a matter of the connection.
                Ok(pool.close().await)
            }

            pub(super) async fn enqueue(
                place: &Place,
                kind: &str,
                jobs: Vec<Job>,
            ) -> Result<(), BoxDynError> {
                let pool = $Pool::connect(&place.url).await?;
                storage(place, &pool, kind).push_bulk(jobs).await?;
                Ok(pool.close().await)
            }

            pub(super) async fn work(
                place: &Place,
                ledger: Ledger,
                reporter: Reporter,
            ) -> Result<(), BoxDynError> {
                let pool = $Pool::connect(&place.url).await?;
                let named = |kind| WorkerBuilder::new(place.worker(kind, &reporter.worker));
                let checksums = named("checksum")
                    .backend(storage(place, &pool, "checksum"))
                    .concurrency(AT_ONCE)
                    .data(ledger.clone())
                    .build(checksum);
                let reports = named("report")
                    .backend(storage(place, &pool, "report"))
                    .concurrency(AT_ONCE)
                    .data(ledger)
                    .data(reporter.clone())
                    .build(report);
                let stop = parent_gone().map(drop).shared();
                let stop = || stop.clone().map(Ok::<_, WorkerError>);
                try_join(checksums.run_until(stop()), reports.run_until(stop())).await?;
                Ok(())
            }
        }
    };
}

on!(sqlite, apalis_sqlite, SqliteStorage, SqlitePool);
on!(postgres, apalis_postgres, PostgresStorage, PgPool);
