//! Draws where and when the stages of one job run, when it is run in three ways.
//!
//! ```sh
//! cargo run --release --example timeline                       # writes target/timeline.svg
//! cargo run --release --example timeline -- --out picture.svg --kilobytes 4000
//! ```
//!
//! Four files go through five stages, of which one is async: with blocking calls inline, with one hop
//! a stage, and with neighbours in one hop. Beside them a task ticks each millisecond, to see whether
//! it still can. The picture has a lane for each thread and a bar for each stage, as measured. How long
//! anything takes is the machine's affair; which thread it is on, and in how many hops, is checked.

mod check;
mod draw;
mod job;
mod record;
mod svg;

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use lexopt::{Arg, Parser, ValueExt};
use lionpride_concurrency::{Callable, pipeline};

use job::{Document, ask, hash, pack, read, words};
use record::{Hops, Run, record};

/// So many threads has the blocking pool, to be as many lanes.
const BLOCKING_THREADS: usize = 2;

struct Args {
    out: PathBuf,
    kilobytes: usize,
}

fn args() -> Result<Args, lexopt::Error> {
    let mut args = Args { out: "target/timeline.svg".into(), kilobytes: 1000 };
    let mut parser = Parser::from_env();
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("out") => args.out = parser.value()?.into(),
            Arg::Long("kilobytes") => args.kilobytes = parser.value()?.parse()?,
            other => return Err(other.unexpected()),
        }
    }
    Ok(args)
}

/// The three ways, each checked.
async fn runs(documents: &[Document]) -> io::Result<[Run; 3]> {
    let worker = thread::current().id();
    let fused = pipeline!(read?, hash, words, ask, pack);

    // The first call starts threads and fills caches, which is not for one of the three to pay.
    record("", Hops::Fused, documents, |document| fused.call(document)).await?;

    let title = "1. Blocking calls inline, on the async worker";
    let inline = record(title, Hops::None, documents, job::inline).await?;
    check::blocks_the_worker(&inline, worker);

    let title = "2. One hop a stage: run_sync for each";
    let single = record(title, Hops::Single, documents, job::hop_a_stage).await?;
    check::hops_each_stage(&single, worker);

    let title = "3. Neighbours in one hop: pipeline!";
    let fused_run = record(title, Hops::Fused, documents, |document| fused.call(document)).await?;
    check::hops_once_for_neighbours(&fused_run, worker, fused.hops());

    println!("{fused}");
    Ok([inline, single, fused_run])
}

fn run(Args { out, kilobytes }: &Args) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let documents = job::documents(folder.path(), kilobytes * 1000)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .build()?;
    let runs = runtime.block_on(runs(&documents))?;
    check::agree(&runs);
    for run in &runs {
        println!("{}: {}", run.title, run.summary());
    }
    let svg = draw::draw(&runs);
    check::shows_every_stage(&svg, &runs);
    fs::create_dir_all(out.parent().unwrap_or(Path::new(".")))?;
    fs::write(out, svg)?;
    println!("{}", out.display());
    Ok(())
}

fn main() -> ExitCode {
    let args = match args() {
        Ok(args) => args,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
