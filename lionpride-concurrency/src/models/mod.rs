//! Model tests: shuttle tries the interleavings of the real slot, the real queue and the real gate,
//! one after another. They run under a configuration of their own:
//!
//! ```sh
//! RUSTFLAGS='--cfg lionpride_model' CARGO_TARGET_DIR=target/model \
//!     cargo test -p lionpride-concurrency --lib models --no-default-features
//! ```
//!
//! Every thread of a model must end, or the model fails: so a lost wake-up is a deadlock.

mod hand_over;
mod limiter;
mod queue;

use std::collections::VecDeque;
use std::mem;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, LazyLock, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler, Scheduler};
use shuttle::thread::{self, JoinHandle};
use shuttle::{Config, MaxSteps, Runner};
use tokio::runtime::{Builder, Runtime};

use crate::run_sync::Queue;

/// A call wants a runtime. Nothing ever runs on this one: a model has a [`Pool`].
static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().build().unwrap());

shuttle::lazy_static! {
    /// The pool, in this interleaving.
    static ref POOL: Mutex<Pool> = Mutex::new(Pool { most: usize::MAX, ..Pool::default() });
}

/// Threads that do what they are given, one piece of work after another.
#[derive(Default)]
struct Pool {
    threads: Vec<JoinHandle<()>>,
    at_work: usize,
    /// How many threads may be at work at once.
    most: usize,
    /// What waits for one.
    queued: VecDeque<Work>,
    is_shut_down: bool,
}

type Work = Box<dyn FnOnce() + Send>;

/// Has it done by a thread of the pool; a pool that is shut down drops it.
pub(crate) fn spawn(work: impl FnOnce() + Send + 'static) {
    let mut pool = POOL.lock().unwrap();
    if pool.is_shut_down {
        drop(pool);
        return drop(work);
    }
    pool.queued.push_back(Box::new(work));
    if pool.at_work < pool.most {
        pool.at_work += 1;
        drop(pool);
        let thread = thread::spawn(work_off);
        POOL.lock().unwrap().threads.push(thread);
    }
}

fn work_off() {
    while let Some(work) = next_work() {
        work();
    }
}

fn next_work() -> Option<Work> {
    let mut pool = POOL.lock().unwrap();
    let next = pool.queued.pop_front();
    pool.at_work -= usize::from(next.is_none());
    next
}

/// From now on so many threads are at work at most.
fn limit_pool(most: usize) {
    POOL.lock().unwrap().most = most;
}

/// The runtime goes away: what waits for a thread is dropped.
fn shut_down() {
    let queued = {
        let mut pool = POOL.lock().unwrap();
        pool.is_shut_down = true;
        mem::take(&mut pool.queued)
    };
    drop(queued);
}

/// Returns once the pool has done all that it was given: then nobody is left at the queue.
fn settle() {
    while let Some(thread) = { POOL.lock().unwrap().threads.pop() } {
        thread.join().unwrap();
    }
    assert!(Queue::of(RUNTIME.handle()).is_at_rest());
}

/// Tries some thousand interleavings, half of them with few switches in unlikely places. The
/// environment's `MODEL_TRIES` says how many instead.
fn explore(model: impl Fn() + Send + Sync + 'static) {
    let tries = std::env::var("MODEL_TRIES").map_or(2_000, |tries| tries.parse().unwrap());
    let model = Arc::new(model);
    let again = Arc::clone(&model);
    run(RandomScheduler::new(tries), move || model());
    run(PctScheduler::new(3, tries), move || again());
}

/// Tries all interleavings there are.
fn exhaust(model: impl Fn() + Send + Sync + 'static) {
    run(DfsScheduler::new(None, true), model);
}

fn run(scheduler: impl Scheduler + 'static, model: impl Fn() + Send + Sync + 'static) {
    let _context = RUNTIME.enter();
    let mut config = Config::new();
    config.stack_size = 1 << 17;
    config.silence_warnings = true;
    // A thread that spins for ever shows sooner.
    config.max_steps = MaxSteps::FailAfter(50_000);
    let begun = Instant::now();
    let tried = Runner::new(scheduler, config).run(model);
    eprintln!("{tried} interleavings in {:?}", begun.elapsed());
}

/// Polls once, for nobody.
fn poll<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Counts what becomes of the work of calls.
#[derive(Default)]
struct Tally {
    calls: AtomicUsize,
    begun: AtomicUsize,
    captures_freed: AtomicUsize,
    results_freed: AtomicUsize,
    /// Whether threads are switched nowhere in the work, and where nothing else is to be tried.
    at_a_stretch: bool,
}

/// What a piece of work captures, and then its result.
struct Probe(Arc<Tally>, Kind);

#[derive(PartialEq)]
enum Kind {
    Capture,
    Result,
}

impl Tally {
    fn new() -> Arc<Self> {
        Arc::default()
    }

    /// For models of which all interleavings are tried.
    fn at_a_stretch() -> Arc<Self> {
        Arc::new(Self { at_a_stretch: true, ..Self::default() })
    }

    /// Work that is counted.
    fn work(self: &Arc<Self>) -> impl FnOnce() -> Probe + Send + use<> {
        self.around(|| ())
    }

    /// Work that is counted, and does this.
    fn around<F>(self: &Arc<Self>, inner: F) -> impl FnOnce() -> Probe + Send + use<F>
    where
        F: FnOnce() + Send,
    {
        self.count(&self.calls);
        let mut probe = Probe(Arc::clone(self), Kind::Capture);
        move || {
            probe.0.count(&probe.0.begun);
            inner();
            let capture = mem::replace(&mut probe.1, Kind::Result);
            assert!(capture == Kind::Capture);
            probe
        }
    }

    fn count(&self, counter: &AtomicUsize) {
        counter.fetch_add(1, SeqCst);
        if !self.at_a_stretch {
            thread::sleep(Duration::ZERO);
        }
    }

    fn begun(&self) -> usize {
        self.begun.load(SeqCst)
    }

    /// How many calls never began, and had their captures freed instead.
    fn given_up(&self) -> usize {
        self.captures_freed.load(SeqCst)
    }

    /// Each call has run or has had its captures freed, exactly once and never both, and every
    /// result is gone.
    fn adds_up(&self) {
        assert_eq!(self.begun() + self.given_up(), self.calls.load(SeqCst));
        assert_eq!(self.begun(), self.results_freed.load(SeqCst));
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        let freed = match self.1 {
            Kind::Capture => &self.0.captures_freed,
            Kind::Result => &self.0.results_freed,
        };
        self.0.count(freed);
    }
}
