//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process;

use lexopt::prelude::*;
use tracing::Level;

const HELP: &str = "\
Serves notes over HTTP, from a SQLite database.

Usage: service [OPTION]...

  --listen ADDRESS   where to listen [127.0.0.1:8080]; port 0 takes a free one
  --db FILE          the database [a temporary one]
  --reads N          how many reads run at once [4]
  --queue N          how many reads may wait for their turn, and how many writes [64]
  --timeout SECONDS  how long a request may take [5]
  --seconds SECONDS  stop by itself after so long [on ctrl-c or SIGTERM alone]
  --log LEVEL        error, warn, info, debug or trace [info]
  --inline           block the async workers, to see what that does to GET /health";

/// How to serve.
#[derive(Debug)]
pub(crate) struct Args {
    pub(crate) listen: SocketAddr,
    pub(crate) db: Option<PathBuf>,
    pub(crate) reads: usize,
    pub(crate) queue: u64,
    pub(crate) timeout: f64,
    pub(crate) seconds: f64,
    pub(crate) log: Level,
    pub(crate) inline: bool,
}

impl Default for Args {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            db: None,
            reads: 4,
            queue: 64,
            timeout: 5.0,
            seconds: f64::INFINITY,
            log: Level::INFO,
            inline: false,
        }
    }
}

impl Args {
    /// Reads the command line; `--help` is answered here and ends the program.
    pub(crate) fn parse() -> Result<Self, lexopt::Error> {
        let (mut args, mut parser) = (Self::default(), lexopt::Parser::from_env());
        while let Some(arg) = parser.next()? {
            match arg {
                Long("listen") => args.listen = parser.value()?.parse()?,
                Long("db") => args.db = Some(parser.value()?.into()),
                Long("reads") => args.reads = parser.value()?.parse()?,
                Long("queue") => args.queue = parser.value()?.parse()?,
                Long("timeout") => args.timeout = parser.value()?.parse()?,
                Long("seconds") => args.seconds = parser.value()?.parse()?,
                Long("log") => args.log = parser.value()?.parse()?,
                Long("inline") => args.inline = true,
                Short('h') | Long("help") => help(),
                other => return Err(other.unexpected()),
            }
        }
        if args.reads == 0 || args.timeout.is_nan() || args.seconds.is_nan() {
            return Err("`--reads` is at least 1, and seconds are a number".into());
        }
        Ok(args)
    }
}

fn help() -> ! {
    println!("{HELP}");
    process::exit(0)
}
