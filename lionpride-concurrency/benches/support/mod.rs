//! What the benches share: options, runtimes, busy work, medians.

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};

/// What follows `--name` on the command line.
pub(crate) fn option(name: &str) -> Option<String> {
    let mut args = std::env::args().skip_while(|arg| arg != name);
    args.next().map(|name| args.next().unwrap_or_else(|| panic!("{name} takes a value")))
}

/// How many rounds there are to be: `-- --rounds 5`.
pub(crate) fn rounds() -> usize {
    option("--rounds").map_or(31, |rounds| rounds.parse().expect("--rounds takes a number"))
}

#[allow(clippy::cast_precision_loss, reason = "counts are small")]
pub(crate) fn to_f64(count: u64) -> f64 {
    count as f64
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    CurrentThread,
    MultiThread,
}

impl Flavour {
    pub(crate) const ALL: [Self; 2] = [Self::CurrentThread, Self::MultiThread];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CurrentThread => "current_thread",
            Self::MultiThread => "multi_thread of 2",
        }
    }

    /// Its pool keeps its threads.
    pub(crate) fn builder(self) -> Builder {
        let mut builder = match self {
            Self::CurrentThread => Builder::new_current_thread(),
            Self::MultiThread => Builder::new_multi_thread(),
        };
        builder.worker_threads(2).thread_keep_alive(Duration::from_secs(60));
        builder
    }

    pub(crate) fn runtime(self) -> Runtime {
        self.builder().build().unwrap()
    }
}

/// So many turns. Whoever calls it runs the same instructions: inlined, it would be another loop in
/// each place.
#[inline(never)]
pub(crate) fn spin(n: u64, turns: u64) -> u64 {
    (0..turns).fold(n, |n, _| black_box(n).wrapping_mul(31))
}

/// Keeps a processor busy for so long, and for longer if it is interrupted: a clock would count
/// that as work.
pub(crate) fn busy(n: u64, microseconds: u64) -> u64 {
    static TURNS: LazyLock<u64> = LazyLock::new(turns_a_microsecond);
    spin(n, microseconds * *TURNS)
}

fn turns_a_microsecond() -> u64 {
    const TRIED: u64 = 100_000;
    let nanoseconds = (0..50).map(|n| {
        let start = Instant::now();
        black_box(spin(n, TRIED));
        start.elapsed().as_nanos()
    });
    // The fastest: the others have been interrupted.
    let fastest = nanoseconds.min().unwrap_or_default().max(1);
    u64::try_from(u128::from(1_000 * TRIED) / fastest).unwrap()
}
