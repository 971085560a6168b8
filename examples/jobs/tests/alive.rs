//! Why a handler that blocks is to be dispatched.
//!
//! apalis polls the handlers of a worker in the task that sends its heartbeats. A handler that blocks
//! this task makes the worker look dead, and its jobs are done again by another.

use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use apalis::prelude::{Data, TaskSink, WorkerBuilder};
use apalis_sqlite::{Config, SqlitePool, SqliteStorage};
use lionpride_concurrency::{dispatch, fail_after, sleep};

/// In seconds: beyond all that a slow machine takes.
const DEADLINE: f64 = 60.0;

type Gate = Arc<Mutex<Receiver<()>>>;

/// Blocks until the test sends something, or has failed.
#[dispatch]
fn blocks(_: u32, gate: Data<Gate>) {
    gate.lock().unwrap().recv().unwrap_or_default();
}

async fn status(pool: &SqlitePool) -> String {
    sqlx::query_scalar("SELECT status FROM Jobs").fetch_one(pool).await.unwrap()
}

async fn last_seen(pool: &SqlitePool) -> i64 {
    sqlx::query_scalar("SELECT last_seen FROM Workers").fetch_one(pool).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispatched_handler_may_block_while_its_worker_is_seen_alive() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}?mode=rwc", directory.path().join("alive.db").display());
    let pool = SqlitePool::connect(&url).await.unwrap();
    SqliteStorage::setup(&pool).await.unwrap();
    let config = Config::default().heartbeat_interval(Duration::from_millis(500));
    let mut storage = SqliteStorage::<u32>::new(&pool).with_config(config);
    storage.push(1).await.unwrap();

    let (open, gate) = mpsc::channel();
    let gate: Gate = Arc::new(Mutex::new(gate));
    let worker = WorkerBuilder::new("worker").backend(storage).data(gate).build(blocks);
    let worker = tokio::spawn(worker.run());
    let seen_alive = async {
        while status(&pool).await != "Running" {
            sleep(0.05).await;
        }
        let begun = last_seen(&pool).await;
        while last_seen(&pool).await < begun + 2 {
            sleep(0.05).await;
        }
        assert_eq!(status(&pool).await, "Running");
        open.send(()).unwrap();
        while status(&pool).await != "Done" {
            sleep(0.05).await;
        }
    };
    fail_after(DEADLINE, seen_alive).await.unwrap();
    worker.abort();
}
