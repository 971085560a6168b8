//! A service of notes over HTTP: axum, and SQLite, which blocks.
//!
//! ```sh
//! cargo run --release --example service -- --db notes.db
//! curl -d '{"text":"buy milk"}' -H 'content-type: application/json' localhost:8080/notes
//! curl localhost:8080/notes/1
//! curl 'localhost:8080/search?q=milk'
//! curl localhost:8080/health
//! ```
//!
//! A sync function under `#[dispatch]` is an axum handler as it stands: `find` and `search` read
//! under a `Limiter`, and never on an async worker. One `Dedicated` thread owns the connection that
//! writes. Too many that wait are a 503, a deadline that passes is a 504, and a query that nobody
//! waits for any more is interrupted. The span of a request and its number go along into blocking
//! code: `--log debug` shows it.
//!
//! On ctrl-c and SIGTERM no request is taken any more and those under way are answered. Writes are
//! shielded: every one that was accepted is in the file before the program ends, also of clients
//! that have hung up.
//!
//! With `--inline` the same work is done on the async workers, as it easily happens. The test
//! `service` compares what that does to the latency of `GET /health`, which asks nobody.

mod args;
mod inline;
mod problem;
mod request;
mod routes;
mod stop;
mod store;

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use futures::FutureExt;
use lionpride_concurrency::{dispatch, sleep};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::args::Args;
use crate::problem::Problem;
use crate::store::{READS, Store};

/// How many seconds the requests under way have at the end.
const GRACE: f64 = 10.0;

async fn run(args: Args) -> Result<(), Box<dyn Error>> {
    READS.set_limit(args.reads);
    let (db, _temporary) = place(args.db).await?;
    let store = Arc::new(Store::open(db.clone(), args.queue).await?);
    let routes = if args.inline { inline::routes(&db)? } else { routes::routes() };
    let listener = TcpListener::bind(args.listen).await?;
    let stop = stop::told_or_after(args.seconds)?;
    // Whoever waits for this line may come now, and may say stop.
    writeln!(io::stdout(), "listening on {}", listener.local_addr()?)?;

    serve(listener, app(routes, args.timeout).with_state(store.clone()), stop).await?;
    let (acknowledged, new) = store.close().await?;
    eprintln!("{acknowledged} writes acknowledged, {new} new notes in the file");
    Ok(())
}

/// Where the database is, and what has to be kept until the end if that is a temporary place.
#[dispatch]
fn place(db: Option<PathBuf>) -> io::Result<(PathBuf, Option<TempDir>)> {
    if let Some(db) = db {
        return Ok((db, None));
    }
    let temporary = tempfile::tempdir()?;
    Ok((temporary.path().join("notes.db"), Some(temporary)))
}

fn app(routes: Router<Arc<Store>>, timeout: f64) -> Router<Arc<Store>> {
    routes
        .fallback(async || Problem::NotFound)
        .method_not_allowed_fallback(async || Problem::not_allowed())
        .layer(from_fn_with_state(timeout, request::answer))
}

/// Serves until it is told to stop and every request under way is answered.
async fn serve(
    listener: TcpListener,
    app: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let stop = stop.shared();
    let server = axum::serve(listener, app).with_graceful_shutdown(stop.clone());
    tokio::select! {
        ended = server => ended,
        () = stop.then(|()| sleep(GRACE)) => {
            tracing::warn!("some clients have not sent their request or read their answer in time");
            Ok(())
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = match Args::parse() {
        Ok(args) => args,
        Err(error) => {
            eprintln!("service: {error}; `--help` shows the options");
            return ExitCode::from(2);
        }
    };
    tracing_subscriber::fmt().with_max_level(args.log).with_writer(io::stderr).init();
    match run(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("service: {error}");
            ExitCode::FAILURE
        }
    }
}
