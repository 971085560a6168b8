//! A registry of named tools: JSON in, JSON out, and each tool a bare function of either colour.
//!
//! ```sh
//! cargo run --release --example registry                # a few requests of its own
//! echo '{"tool":"words","input":{"text":"a b"}}' | cargo run --release --example registry -- -
//! ```
//!
//! A request is a line, `{"tool": .., "input": ..}`, and so is its answer. Requests are answered in
//! order, and so many at once. A sync tool blocks a thread of the blocking pool and never an async
//! worker; an async one is awaited in place.

mod registry;
mod tools;

use std::io::{self, Write};
use std::pin::pin;
use std::process::ExitCode;

use futures::{Stream, StreamExt, future::ready, stream};
use lionpride_concurrency::{stats, stream_sync};

use registry::Registry;

const AT_ONCE: usize = 8;

/// What is asked where nobody asks.
const SAMPLE: &str = r#"
{"tool": "words", "input": {"text": "the quick brown fox"}}
{"tool": "primes", "input": 100000}
{"tool": "wait", "input": {"seconds": 0.05}}
{"tool": "greet", "input": "you"}
{"tool": "scale", "input": 14}
{"tool": "divide", "input": {"by": 0, "number": 1}}
{"tool": "divide", "input": {"by": 4, "number": 1}}
{"tool": "words", "input": {"text": 5}}
{"tool": "wrods", "input": {"text": "a"}}
{"tool": "words"
"#;

#[derive(Default)]
struct Count {
    answered: u64,
    failed: u64,
    /// How many hops the tools that were called take.
    hops: u64,
}

/// Answers every line, in order.
async fn serve(
    registry: &Registry,
    lines: impl Stream<Item = io::Result<String>>,
) -> io::Result<Count> {
    let asked = lines.filter(|line| ready(!matches!(line, Ok(line) if line.trim().is_empty())));
    let answers =
        asked.map(async |line| io::Result::Ok(registry.answer(&line?).await)).buffered(AT_ONCE);
    let (mut answers, mut count) = (pin!(answers), Count::default());
    while let Some(answer) = answers.next().await {
        let answer = answer?;
        match &answer.result {
            Ok(_) => count.answered += 1,
            Err(_) => count.failed += 1,
        }
        if answer.has_called() {
            count.hops += registry.hops(&answer.tool);
        }
        writeln!(io::stdout(), "{}", answer.to_json())?;
    }
    Ok(count)
}

/// The claims of this example.
fn check(registry: &Registry, count: &Count, hops: u64) {
    for (tool, is_async) in
        [("words", false), ("primes", false), ("scale", false), ("wait", true), ("greet", true)]
    {
        assert_eq!(registry.is_async(tool), Some(is_async), "the colour of `{tool}`");
    }
    assert_eq!(hops, count.hops, "a call of a sync tool is one hop, and of an async one none");
}

async fn run(from_stdin: bool) -> io::Result<()> {
    let registry = tools::all();
    let (count, hops) = if from_stdin {
        let lines = stream_sync(|| io::stdin().lines(), AT_ONCE);
        (serve(&registry, lines).await?, None)
    } else {
        let before = stats().finished;
        let lines = SAMPLE.lines().map(|line| Ok(line.to_owned()));
        let count = serve(&registry, stream::iter(lines)).await?;
        assert_eq!((count.answered, count.failed), (6, 4), "what the sample asks for");
        (count, Some(stats().finished - before))
    };
    check(&registry, &count, hops.unwrap_or(count.hops));
    eprintln!("{} answered, {} failed, {} hops", count.answered, count.failed, count.hops);
    Ok(())
}

#[tokio::main]
async fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let from_stdin = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["-"] => true,
        _ => {
            eprintln!("registry takes no argument, or `-` to read requests from its input");
            return ExitCode::from(2);
        }
    };
    match run(from_stdin).await {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read the output has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
