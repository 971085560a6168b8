//! What has come out of the pipeline, counted; and how far it is, on standard error.

use std::fmt;
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

    /// Entries that have come out of the pipeline.
    pub(crate) fn entries(&self) -> u64 {
        self.files + self.problems
    }

    pub(crate) fn seconds(&self) -> f64 {
        current_time() - self.start
    }

    /// Whether the last file has made so many that a line is due.
    pub(crate) fn is_round(&self) -> bool {
        self.files % LINE_EVERY == 0
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} files, {}", HumanCount(self.files), BinaryBytes(self.bytes))?;
        match self.problems {
            0 => Ok(()),
            1 => f.write_str(", 1 problem"),
            many => write!(f, ", {} problems", HumanCount(many)),
        }
    }
}

/// Where there is no bar, a line comes after so many files.
const LINE_EVERY: u64 = 10_000;

/// A thread of its own draws the bar this often: to set its position costs the pipeline an atomic.
pub(crate) const REDRAWN_EVERY: Duration = Duration::from_millis(100);

/// How far the pipeline is, for a terminal. How many entries there will be nobody knows: the walk
/// is only a little ahead.
pub(crate) fn bar() -> ProgressBar {
    let style = "{spinner} {elapsed_precise}  {human_pos} entries, {per_sec:0}";
    let style = ProgressStyle::with_template(style);
    let bar = ProgressBar::new_spinner().with_finish(ProgressFinish::AndClear);
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}
