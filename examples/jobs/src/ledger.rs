//! What the jobs have come to: a row a job, however often it is done.

use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::{AnyPool, Result};

/// The results of a run, in the same database as its jobs.
#[derive(Clone)]
pub(crate) struct Ledger {
    pool: AnyPool,
    run: String,
    /// Who writes.
    worker: String,
}

impl Ledger {
    pub(crate) async fn open(url: &str, run: &str, worker: &str) -> Result<Self> {
        install_default_drivers();
        let pool = AnyPoolOptions::new().max_connections(2).connect(url).await?;
        Ok(Self { pool, run: run.into(), worker: worker.into() })
    }

    pub(crate) fn pool(&self) -> &AnyPool {
        &self.pool
    }

    pub(crate) async fn create(&self) -> Result<()> {
        let table = "CREATE TABLE IF NOT EXISTS results (
            run TEXT NOT NULL,
            job BIGINT NOT NULL,
            outcome TEXT NOT NULL,
            worker TEXT NOT NULL,
            times BIGINT NOT NULL,
            PRIMARY KEY (run, job)
        )";
        sqlx::query(table).execute(&self.pool).await?;
        Ok(())
    }

    /// Records what a job has come to. A job that is done again only counts up.
    pub(crate) async fn record(&self, job: i64, outcome: &str) -> Result<()> {
        let upsert = "INSERT INTO results (run, job, outcome, worker, times)
            VALUES ($1, $2, $3, $4, 1)
            ON CONFLICT (run, job) DO UPDATE SET times = results.times + 1";
        let query = sqlx::query(upsert).bind(&self.run).bind(job).bind(outcome).bind(&self.worker);
        query.execute(&self.pool).await?;
        Ok(())
    }

    /// The jobs that are done: how often, and by whom first.
    pub(crate) async fn done(&self) -> Result<Vec<Done>> {
        let rows = "SELECT job, worker, times FROM results WHERE run = $1 ORDER BY job";
        let rows: Vec<(i64, String, i64)> =
            sqlx::query_as(rows).bind(&self.run).fetch_all(&self.pool).await?;
        Ok(rows.into_iter().map(|(job, worker, times)| Done { job, worker, times }).collect())
    }
}

/// A job that is done.
#[derive(Debug, PartialEq)]
pub(crate) struct Done {
    pub(crate) job: i64,
    pub(crate) worker: String,
    pub(crate) times: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_job_that_is_done_again_only_counts_up() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}?mode=rwc", directory.path().join("ledger.db").display());
        for worker in ["one", "other"] {
            let ledger = Ledger::open(&url, "run", worker).await.unwrap();
            ledger.create().await.unwrap();
            ledger.record(7, worker).await.unwrap();
        }
        let ledger = Ledger::open(&url, "run", "nobody").await.unwrap();
        let done = ledger.done().await.unwrap();
        assert_eq!(done, [Done { job: 7, worker: "one".into(), times: 2 }]);
        let another_run = Ledger::open(&url, "another", "nobody").await.unwrap();
        assert_eq!(another_run.done().await.unwrap(), []);
    }
}
