//! Rows of contenders, what they took, and the table of it.

use std::hint::black_box;
use std::time::Instant;

use hdrhistogram::Histogram;
use tokio::runtime::Runtime;

use crate::contenders::Contender;
use crate::load::{Load, Sample, Work, drive};
use crate::support::{Flavour, median, to_f64};

type Run = dyn Fn(Flavour, &Runtime) -> Sample;

/// One way through a row.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    run: Box<Run>,
}

impl Entry {
    pub(crate) fn new<C: Contender, W: Work, const SITE: usize>(load: Load, work: W) -> Self {
        let run =
            move |flavour, runtime: &Runtime| drive(flavour, runtime, load.run::<C, W, SITE>(work));
        Self { name: C::NAME, run: Box::new(run) }
    }

    /// Many jobs in one call, none of which can be timed.
    pub(crate) fn of_all<F>(name: &'static str, all: impl Fn() -> F + 'static) -> Self
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let run = move |flavour, runtime: &Runtime| {
            let start = Instant::now();
            black_box(drive(flavour, runtime, all()));
            Sample { elapsed: start.elapsed(), latencies: Vec::new() }
        };
        Self { name, run: Box::new(run) }
    }
}

/// The same jobs, done by each. The first entry is ours, the second is the usual way.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) calls: u64,
    pub(crate) entries: Vec<Entry>,
}

/// What one entry took: seconds a round, and the nanoseconds of the calls of all rounds.
struct Taken {
    seconds: Vec<f64>,
    latencies: Histogram<u64>,
}

impl Taken {
    fn new() -> Self {
        Self { seconds: Vec::new(), latencies: Histogram::new(3).unwrap() }
    }

    fn add(&mut self, sample: Sample) {
        self.seconds.push(sample.elapsed.as_secs_f64());
        for latency in sample.latencies {
            self.latencies.record(latency).unwrap();
        }
    }

    /// In microseconds.
    fn p99(&self) -> Option<f64> {
        let seen = !self.latencies.is_empty();
        seen.then(|| to_f64(self.latencies.value_at_quantile(0.99)) / 1e3)
    }

    fn ratio(&self, ours: &Self) -> f64 {
        let rounds = self.seconds.iter().zip(&ours.seconds);
        median(rounds.map(|(other, ours)| other / ours).collect())
    }
}

/// What is printed of a row. Ratios are the other's by ours: more is better for us.
pub(crate) struct Line {
    pub(crate) name: String,
    /// Microseconds a call.
    ours: f64,
    pub(crate) ratios: Vec<(&'static str, f64)>,
    p99: Option<f64>,
    p99_ratio: Option<f64>,
}

impl Row {
    /// All entries in turns, so that a busy machine slows them all; each round begins with another,
    /// and every second one goes backwards. Each has a runtime of its own, so that no one's threads
    /// are there for the next. The first round, which starts them, does not count.
    fn measure(&self, flavour: Flavour, rounds: usize) -> Line {
        let count = self.entries.len();
        let runtimes: Vec<Runtime> = (0..count).map(|_| flavour.runtime()).collect();
        let mut taken: Vec<Taken> = (0..count).map(|_| Taken::new()).collect();
        for round in 0..=rounds {
            for turn in 0..count {
                let step = if round % 2 == 0 { turn } else { count - turn };
                let at = (round + step) % count;
                let sample = (self.entries[at].run)(flavour, &runtimes[at]);
                if round > 0 {
                    taken[at].add(sample);
                }
            }
        }
        self.line(&taken)
    }

    fn line(&self, taken: &[Taken]) -> Line {
        let (ours, others) = taken.split_first().unwrap();
        let names = self.entries.iter().skip(1).map(|entry| entry.name);
        let p99 = ours.p99();
        Line {
            name: self.name.clone(),
            ours: median(ours.seconds.clone()) * 1e6 / to_f64(self.calls),
            ratios: names.zip(others.iter().map(|other| other.ratio(ours))).collect(),
            p99,
            p99_ratio: others.first().and_then(Taken::p99).zip(p99).map(|(other, p99)| other / p99),
        }
    }
}

impl Line {
    fn print(&self, columns: &[&str]) {
        let number = |value: Option<f64>| value.map_or("-".into(), |value| format!("{value:.2}"));
        print!("{:<36} {:>9.2}", self.name, self.ours);
        for column in columns {
            let ratio = self.ratios.iter().find(|(name, _)| name == column);
            print!(" {:>11}", number(ratio.map(|(_, ratio)| *ratio)));
        }
        println!(" {:>10} {:>9}", number(self.p99), number(self.p99_ratio));
    }
}

/// Measures and prints one row after the other.
pub(crate) fn table(flavour: Flavour, rounds: usize, rows: &[Row]) -> Vec<Line> {
    let Some(first) = rows.first() else { return Vec::new() };
    let columns: Vec<_> = first.entries.iter().skip(1).map(|entry| entry.name).collect();
    print!("\n{:<36} {:>9}", flavour.name(), "ours, us");
    for name in &columns {
        print!(" {name:>11}");
    }
    println!(" {:>10} {:>9}", "p99, us", "its ratio");
    let measure = |row: &Row| {
        let line = row.measure(flavour, rounds);
        line.print(&columns);
        line
    };
    rows.iter().map(measure).collect()
}
