//! Writes down what runs where, and from when until when. Times are in seconds of `current_time()`.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ThreadId};

use futures::future::try_join_all;
use lionpride_concurrency::{current_time, sleep, sleep_until, stats};

use crate::job::{ASYNC, Document};

/// How often the unrelated task ticks, if it can.
pub(crate) const TICK: f64 = 0.001;

/// What is recorded before the job begins and after it has ended.
pub(crate) const MARGIN: f64 = 0.002;

static BARS: Mutex<Vec<Bar>> = Mutex::new(Vec::new());
static TICKS: Mutex<Vec<f64>> = Mutex::new(Vec::new());

/// One stage of one item.
#[derive(Clone, Debug)]
pub(crate) struct Bar {
    pub(crate) item: u8,
    pub(crate) stage: &'static str,
    /// Where it began, and where it ended.
    pub(crate) threads: [ThreadId; 2],
    pub(crate) from: f64,
    pub(crate) until: f64,
}

impl Bar {
    pub(crate) fn is_async(&self) -> bool {
        self.stage == ASYNC
    }
}

/// A stage that runs until this is dropped.
pub(crate) struct Running {
    item: u8,
    stage: &'static str,
    thread: ThreadId,
    from: f64,
}

pub(crate) fn begin(item: u8, stage: &'static str) -> Running {
    Running { item, stage, thread: thread::current().id(), from: current_time() }
}

impl Drop for Running {
    fn drop(&mut self) {
        let &mut Self { item, stage, thread, from } = self;
        let (until, threads) = (current_time(), [thread, thread::current().id()]);
        add(&BARS, Bar { item, stage, threads, from, until });
    }
}

/// The task that has nothing to do with the job.
async fn tick() {
    let mut next = current_time();
    loop {
        sleep_until(next).await;
        add(&TICKS, current_time());
        next = current_time().max(next + TICK);
    }
}

/// A panic in a stage goes on in whoever waits for it: that is where it is told.
fn add<T>(list: &Mutex<Vec<T>>, what: T) {
    list.lock().unwrap_or_else(PoisonError::into_inner).push(what);
}

fn take<T>(list: &Mutex<Vec<T>>) -> Vec<T> {
    std::mem::take(&mut list.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Which stages share a hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hops {
    None,
    Single,
    Fused,
}

/// One way to run the job, as recorded.
pub(crate) struct Run {
    pub(crate) title: &'static str,
    hops: Hops,
    /// In order of their beginnings.
    pub(crate) bars: Vec<Bar>,
    pub(crate) ticks: Vec<f64>,
    pub(crate) from: f64,
    pub(crate) until: f64,
    /// How many hops the library has counted.
    pub(crate) counted: u64,
    pub(crate) results: Vec<Document>,
}

/// Runs `call` with each of the documents at once, each in a task of its own.
pub(crate) async fn record<F>(
    title: &'static str,
    hops: Hops,
    documents: &[Document],
    call: impl Fn(Document) -> F,
) -> io::Result<Run>
where
    F: Future<Output = io::Result<Document>> + Send + 'static,
{
    let before = stats().finished;
    let ticking = tokio::spawn(tick());
    sleep(MARGIN).await;
    let from = current_time();
    let calls = documents.iter().map(|document| tokio::spawn(call(document.clone())));
    let results = try_join_all(calls).await?.into_iter().collect::<io::Result<_>>()?;
    let until = current_time();
    sleep(MARGIN).await;
    ticking.abort();
    let mut bars = take(&BARS);
    bars.sort_by(|a, b| a.from.total_cmp(&b.from));
    let mut ticks = take(&TICKS);
    ticks.retain(|tick| from - MARGIN <= *tick && *tick <= until + MARGIN);
    let counted = stats().finished - before;
    Ok(Run { title, hops, bars, ticks, from, until, counted, results })
}

impl Run {
    pub(crate) fn items(&self) -> u8 {
        self.bars.iter().map(|bar| bar.item).max().unwrap_or(0)
    }

    /// The threads that had sync stages to run, in the order in which they began.
    pub(crate) fn lanes(&self) -> Vec<ThreadId> {
        let mut lanes = Vec::new();
        for bar in self.bars.iter().filter(|bar| !bar.is_async()) {
            if !lanes.contains(&bar.threads[0]) {
                lanes.push(bar.threads[0]);
            }
        }
        lanes
    }

    /// The sync stages of a thread, in order.
    pub(crate) fn lane(&self, thread: ThreadId) -> Vec<&Bar> {
        let here = |bar: &&Bar| !bar.is_async() && bar.threads[0] == thread;
        self.bars.iter().filter(here).collect()
    }

    /// The hops of a thread: what shares one lies there back to back.
    pub(crate) fn hops<'a>(&self, lane: &[&'a Bar]) -> Vec<Vec<&'a Bar>> {
        let together = |a: &&Bar, b: &&Bar| match self.hops {
            Hops::None | Hops::Single => false,
            Hops::Fused => a.item == b.item && !self.waited_between(a, b),
        };
        match self.hops {
            Hops::None => Vec::new(),
            _ => lane.chunk_by(together).map(<[_]>::to_vec).collect(),
        }
    }

    /// Whether the item has had an async stage between the two.
    fn waited_between(&self, a: &Bar, b: &Bar) -> bool {
        let mut bars = self.bars.iter().filter(|bar| bar.item == a.item && bar.is_async());
        bars.any(|bar| a.until <= bar.from && bar.until <= b.from)
    }

    /// The longest time without a tick.
    pub(crate) fn longest_gap(&self) -> f64 {
        self.ticks.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max)
    }

    pub(crate) fn summary(&self) -> String {
        let (gap, all) = (self.longest_gap() * 1e3, (self.until - self.from) * 1e3);
        format!("{} hops, {all:.1} ms, at most {gap:.1} ms without a tick", self.counted)
    }
}
