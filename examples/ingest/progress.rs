//! What has come out of the pipeline: counted, and shown on standard error as it grows.

use std::io::{IsTerminal, stderr};
use std::time::Duration;

use indicatif::{BinaryBytes, HumanCount, ProgressBar, ProgressFinish, ProgressStyle};
use lionpride_concurrency::current_time;

use crate::problem::{Kind, Problem};

/// `open`, `measure` and `classify`: awaited one by one, each would be a hop.
pub(crate) const SYNC_STAGES: usize = 3;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Tally {
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    pub(crate) problems: u64,
    /// Hops that were made.
    pub(crate) hops: u64,
    /// Hops that there would have been, had each stage made its own.
    pub(crate) unfused_hops: u64,
    start: f64,
}

impl Tally {
    pub(crate) fn start() -> Self {
        Self { files: 0, bytes: 0, problems: 0, hops: 0, unfused_hops: 0, start: current_time() }
    }

    /// A file went all the way.
    pub(crate) fn stored(&mut self, bytes: u64, hops: usize) {
        self.files += 1;
        self.bytes += bytes;
        self.hops += hops as u64;
        self.unfused_hops += SYNC_STAGES as u64;
    }

    /// A file went as far as it could, or the walk had found none.
    pub(crate) fn failed(&mut self, problem: &Problem) {
        let stages = match problem.kind {
            Kind::CannotOpen => 1,
            Kind::CannotRead => 2,
            _ => 0,
        };
        self.problems += 1;
        self.hops += stages.min(1);
        self.unfused_hops += stages;
    }

    pub(crate) fn seconds(&self) -> f64 {
        current_time() - self.start
    }
}

/// Without a terminal, a line comes after so many files.
const LINE_EVERY: u64 = 10_000;

/// On a terminal, the figures change after so many seconds.
const REDRAW_EVERY: f64 = 0.1;

/// A bar on a terminal, plain lines elsewhere.
#[derive(Clone, Debug)]
pub(crate) enum Progress {
    Bar { bar: ProgressBar, shown_at: f64 },
    Lines { shown_files: u64 },
}

impl Progress {
    pub(crate) fn start() -> Self {
        if stderr().is_terminal() {
            Self::Bar { bar: bar(), shown_at: 0.0 }
        } else {
            Self::Lines { shown_files: 0 }
        }
    }

    /// Whether it is time to show how far the work is.
    pub(crate) fn is_due(&mut self, tally: &Tally) -> bool {
        match self {
            Self::Bar { shown_at, .. } => {
                let due = tally.seconds() - *shown_at >= REDRAW_EVERY;
                *shown_at += if due { REDRAW_EVERY } else { 0.0 };
                due
            }
            Self::Lines { shown_files } => {
                let due = tally.files - *shown_files >= LINE_EVERY;
                *shown_files += if due { LINE_EVERY } else { 0 };
                due
            }
        }
    }

    pub(crate) fn show(&self, tally: &Tally) {
        match self {
            Self::Bar { bar, .. } => bar.set_message(summary(tally)),
            Self::Lines { .. } => eprintln!("{}", summary(tally)),
        }
    }
}

/// How many files there will be nobody knows: the walk is only a little ahead.
fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {elapsed_precise}  {msg}");
    let bar = ProgressBar::new_spinner().with_finish(ProgressFinish::AndClear);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

fn summary(tally: &Tally) -> String {
    let (files, bytes) = (HumanCount(tally.files), BinaryBytes(tally.bytes));
    match tally.problems {
        0 => format!("{files} files, {bytes}"),
        1 => format!("{files} files, {bytes}, 1 problem"),
        many => format!("{files} files, {bytes}, {} problems", HumanCount(many)),
    }
}
