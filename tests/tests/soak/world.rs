//! What there is in a setting, and what is counted.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::{mem, thread};

use lionpride_concurrency::{Dedicated, Limiter, Stats, stats};

/// Where calls go. Work only calls what comes at its own place or later, or the pool: so nothing
/// waits in a circle.
pub(crate) const PLACES: usize = 4;
pub(crate) const POOL: usize = 0;
/// The limiters are those in between.
pub(crate) const DEDICATED: usize = 3;

pub(crate) struct World {
    pub(crate) limiters: [Limiter; 2],
    pub(crate) dedicated: Dedicated<u64>,
    pub(crate) places: [Counts; PLACES],
    /// Calls that were lost with their runtime.
    pub(crate) lost: AtomicU64,
    pub(crate) live: AtomicU64,
    limit: usize,
    pool_before: Stats,
    /// What went wrong where nobody could panic.
    wrong: AtomicU64,
}

/// What became of the calls of a place.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    made: AtomicU64,
    pub(crate) polled: AtomicU64,
    begun: AtomicU64,
    ended: AtomicU64,
    freed: AtomicU64,
    results_made: AtomicU64,
    results_freed: AtomicU64,
    /// Calls at work with a permit of their own, and how many permits there have been at most.
    inside: AtomicUsize,
    most: AtomicUsize,
}

impl World {
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        let world = Self {
            limiters: [Limiter::new("outer", limit), Limiter::new("inner", limit)],
            dedicated: Dedicated::new("soak", || 0),
            places: Default::default(),
            lost: AtomicU64::new(0),
            live: AtomicU64::new(0),
            limit,
            pool_before: stats(),
            wrong: AtomicU64::new(0),
        };
        for counts in &world.places {
            counts.most.store(limit, SeqCst);
        }
        Arc::new(world)
    }

    /// The limiter of a place, if that is one.
    pub(crate) fn limiter(&self, place: usize) -> Option<&Limiter> {
        place.checked_sub(1).and_then(|index| self.limiters.get(index))
    }

    pub(crate) fn set_limit(&self, place: usize, limit: usize) {
        self.places[place].most.fetch_max(limit, SeqCst);
        self.limiter(place).expect("only a limiter has a limit").set_limit(limit);
    }

    /// The limits are as they were.
    pub(crate) fn calm_down(&self) {
        for limiter in &self.limiters {
            limiter.set_limit(self.limit);
        }
    }

    fn stats(&self) -> [Stats; PLACES] {
        let (mut pool, before) = (stats(), self.pool_before);
        pool.finished -= before.finished;
        pool.panicked -= before.panicked;
        pool.dropped -= before.dropped;
        pool.shared -= before.shared;
        [pool, self.limiters[0].stats(), self.limiters[1].stats(), self.dedicated.stats()]
    }

    /// Whether nothing is going on any more, and nobody is left who could begin something.
    pub(crate) fn is_quiet(self: &Arc<Self>) -> bool {
        let is_idle = |stats: &Stats| stats.queued + stats.running + stats.abandoned == 0;
        let is_free = |limiter: &Limiter| limiter.in_use() + limiter.waiting() == 0;
        // This one and the watchdog's.
        Arc::strong_count(self) == 2
            && self.live.load(SeqCst) == 0
            && self.stats().iter().all(is_idle)
            && self.limiters.iter().all(is_free)
    }

    /// What does not add up.
    pub(crate) fn check(&self) {
        let what = self.describe();
        assert_eq!(self.wrong.load(SeqCst), 0, "{what}");
        for (counts, stats) in self.places.iter().zip(self.stats()) {
            let read = |counter: &AtomicU64| counter.load(SeqCst);
            let (begun, polled) = (read(&counts.begun), read(&counts.polled));
            assert_eq!(begun, read(&counts.ended), "{what}");
            assert_eq!(begun + read(&counts.freed), read(&counts.made), "{what}");
            assert_eq!(read(&counts.results_made), read(&counts.results_freed), "{what}");
            assert_eq!(stats.finished + stats.panicked, begun, "{what}");
            assert!(stats.shared <= begun, "{what}");
            assert_eq!(stats.finished + stats.panicked + stats.dropped, polled, "{what}");
        }
        for limiter in &self.limiters {
            assert_eq!((limiter.in_use(), limiter.waiting()), (0, 0), "{what}");
            assert_eq!(limiter.available(), self.limit, "{what}");
        }
    }

    pub(crate) fn describe(&self) -> String {
        let mut text = String::new();
        for (counts, stats) in self.places.iter().zip(self.stats()) {
            writeln!(text, "{counts:?}\n    {stats:?}").unwrap();
        }
        let (live, wrong) = (self.live.load(SeqCst), self.wrong.load(SeqCst));
        writeln!(text, "{:?} live {live} wrong {wrong}", self.limiters).unwrap();
        text
    }

    pub(crate) fn polled(&self) -> u64 {
        self.places.iter().map(|counts| counts.polled.load(SeqCst)).sum()
    }

    pub(crate) fn begun(&self) -> u64 {
        self.places.iter().map(|counts| counts.begun.load(SeqCst)).sum()
    }

    /// How many calls have shared a thread of the pool, and how many have not.
    pub(crate) fn ways(&self) -> (u64, u64) {
        let stats = &self.stats()[..DEDICATED];
        let shared = stats.iter().map(|stats| stats.shared).sum();
        let begun: u64 = stats.iter().map(|stats| stats.finished + stats.panicked).sum();
        (shared, begun - shared)
    }
}

/// What the work of a call captures. It becomes the result.
pub(crate) struct Probe {
    world: Arc<World>,
    place: usize,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Capture,
    Running,
    Result,
}

impl Probe {
    pub(crate) fn new(world: &Arc<World>, place: usize) -> Self {
        world.live.fetch_add(1, SeqCst);
        world.places[place].made.fetch_add(1, SeqCst);
        Self { world: Arc::clone(world), place, stage: Stage::Capture }
    }

    fn counts(&self) -> &Counts {
        &self.world.places[self.place]
    }

    /// Does the work, `has_permit` of its own.
    pub(crate) fn run(mut self, has_permit: bool, work: impl FnOnce()) -> Self {
        if mem::replace(&mut self.stage, Stage::Running) != Stage::Capture {
            self.world.wrong.fetch_add(1, SeqCst);
        }
        self.counts().begun.fetch_add(1, SeqCst);
        let inside = has_permit.then(|| Inside::enter(&self.world, self.place));
        work();
        drop(inside);
        self.stage = Stage::Result;
        self.counts().ended.fetch_add(1, SeqCst);
        self.counts().results_made.fetch_add(1, SeqCst);
        self
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        let counter = match self.stage {
            Stage::Capture => &self.counts().freed,
            Stage::Running => {
                assert!(thread::panicking(), "work can only end early by a panic");
                &self.counts().ended
            }
            Stage::Result => &self.counts().results_freed,
        };
        counter.fetch_add(1, SeqCst);
        self.world.live.fetch_sub(1, SeqCst);
    }
}

struct Inside<'a>(&'a AtomicUsize);

impl<'a> Inside<'a> {
    fn enter(world: &'a World, place: usize) -> Self {
        let counts = &world.places[place];
        let others = counts.inside.fetch_add(1, SeqCst);
        if world.limiter(place).is_some() && others >= counts.most.load(SeqCst) {
            world.wrong.fetch_add(1, SeqCst);
        }
        Self(&counts.inside)
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}
