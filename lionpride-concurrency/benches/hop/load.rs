//! How calls come in, and what they do.

use std::fmt::{self, Display, Formatter};
use std::future::Future;
use std::hint::black_box;
use std::ops::Range;
use std::thread;
use std::time::{Duration, Instant};

use futures::future::join_all;
use tokio::runtime::Runtime;

use crate::contenders::Contender;
use crate::support::{Flavour, busy};

#[derive(Clone, Copy)]
pub(crate) enum Load {
    AtOnce(u64),
    /// So many tasks, each with so many calls one after another.
    Tasks(u64, u64),
    InTurn(u64),
}

impl Load {
    pub(crate) fn calls(self) -> u64 {
        match self {
            Self::AtOnce(calls) | Self::InTurn(calls) => calls,
            Self::Tasks(tasks, calls) => tasks * calls,
        }
    }

    /// As many callers, each of which makes so many times fewer calls.
    pub(crate) fn part(self, of: u64) -> Self {
        match self {
            Self::AtOnce(calls) => Self::AtOnce(calls),
            Self::Tasks(tasks, calls) => Self::Tasks(tasks, calls / of),
            Self::InTurn(calls) => Self::InTurn(calls / of),
        }
    }

    pub(crate) async fn run<C: Contender, W: Work, const SITE: usize>(self, work: W) -> Sample {
        let start = Instant::now();
        let each = |n| timed::<C, W, SITE>(work, n);
        let latencies = match self {
            Self::AtOnce(calls) => vec![join_all((0..calls).map(each)).await],
            Self::Tasks(tasks, calls) => {
                let numbers = |task| task * calls..(task + 1) * calls;
                let task = |task| tokio::spawn(in_turn::<C, W, SITE>(work, numbers(task)));
                let tasks = join_all((0..tasks).map(task)).await;
                tasks.into_iter().map(Result::unwrap).collect()
            }
            Self::InTurn(calls) => vec![in_turn::<C, W, SITE>(work, 0..calls).await],
        };
        Sample { elapsed: start.elapsed(), latencies: latencies.concat() }
    }
}

impl Display for Load {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtOnce(calls) if *calls >= 1_000 => write!(f, "{},000 at once", calls / 1_000),
            Self::AtOnce(calls) => write!(f, "{calls} at once"),
            Self::Tasks(tasks, _) => write!(f, "{tasks} tasks"),
            Self::InTurn(_) => write!(f, "one after another"),
        }
    }
}

/// What all calls took together, and each of them from its first poll to its result, in nanoseconds.
pub(crate) struct Sample {
    pub(crate) elapsed: Duration,
    pub(crate) latencies: Vec<u64>,
}

/// The closure is another type in each row, as it would be at a call site of its own.
async fn timed<C: Contender, W: Work, const SITE: usize>(work: W, n: u64) -> u64 {
    let start = Instant::now();
    black_box(C::call(move || work(n)).await);
    u64::try_from(start.elapsed().as_nanos()).unwrap()
}

async fn in_turn<C: Contender, W: Work, const SITE: usize>(
    work: W,
    numbers: Range<u64>,
) -> Vec<u64> {
    let mut latencies = Vec::with_capacity(numbers.clone().count());
    for n in numbers {
        latencies.push(timed::<C, W, SITE>(work, n).await);
    }
    latencies
}

/// What a call does. Each function is a type of its own.
pub(crate) trait Work: Fn(u64) -> u64 + Copy + Send + Sync + 'static {}

impl<F: Fn(u64) -> u64 + Copy + Send + Sync + 'static> Work for F {}

/// Next to nothing, so that all that is left is the hop.
pub(crate) fn tiny(n: u64) -> u64 {
    busy(n, 0)
}

pub(crate) fn five(n: u64) -> u64 {
    busy(n, 5)
}

pub(crate) fn fifty(n: u64) -> u64 {
    busy(n, 50)
}

pub(crate) fn sleep(n: u64) -> u64 {
    thread::sleep(Duration::from_millis(50));
    n
}

/// One in 50 sleeps.
pub(crate) fn mixed(n: u64) -> u64 {
    if n % 50 == 0 {
        thread::sleep(Duration::from_millis(5));
    }
    tiny(n)
}

/// On a runtime of several workers, the calls come from one of these.
pub(crate) fn drive<T: Send + 'static>(
    flavour: Flavour,
    runtime: &Runtime,
    future: impl Future<Output = T> + Send + 'static,
) -> T {
    match flavour {
        Flavour::CurrentThread => runtime.block_on(future),
        Flavour::MultiThread => runtime.block_on(runtime.spawn(future)).unwrap(),
    }
}
