//! A setting: a kind of runtime, the size of its pool, and a limit.

use std::ops::AddAssign;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;
use std::time::Duration;

use futures::future::join_all;
use tokio::runtime::{Builder, Runtime};
use tokio::task::{AbortHandle, JoinHandle, yield_now};

use crate::deeds::{At, deeds};
use crate::random::Random;
use crate::watchdog::Watchdog;
use crate::world::World;

const TASKS: usize = 150;

#[derive(Debug)]
pub(crate) struct Setting {
    has_workers: bool,
    pool: usize,
    limit: usize,
    /// Whether the runtime is shut down in the middle.
    is_cut_short: bool,
}

impl Setting {
    const POOLS: [usize; 3] = [1, 4, 512];
    const LIMITS: [usize; 3] = [1, 2, 8];
    pub(crate) const COUNT: u64 = 2 * 3 * 3 * 2;

    fn of(seed: u64) -> Self {
        let mut number = usize::try_from(seed % Self::COUNT).unwrap();
        let mut digit = |base| {
            let digit = number % base;
            number /= base;
            digit
        };
        Self {
            has_workers: digit(2) == 1,
            is_cut_short: digit(2) == 1,
            pool: Self::POOLS[digit(3)],
            limit: Self::LIMITS[digit(3)],
        }
    }

    fn runtime(&self) -> Runtime {
        let mut builder = if self.has_workers {
            Builder::new_multi_thread()
        } else {
            Builder::new_current_thread()
        };
        let builder = builder.worker_threads(3).max_blocking_threads(self.pool);
        builder.enable_time().build().unwrap()
    }
}

/// What has been done.
#[derive(Debug, Default)]
pub(crate) struct Report {
    settings: u64,
    calls: u64,
    begun: u64,
    lost: u64,
    /// Calls that have shared a thread of a pool with others, and those that have not.
    shared: u64,
    apart: u64,
}

impl Report {
    /// Whether both ways to a thread have been taken, each by more than a few.
    pub(crate) fn check(&self) {
        let few = self.begun / 100;
        assert!(self.shared > few && self.apart > few, "{self:?}");
    }
}

impl AddAssign for Report {
    fn add_assign(&mut self, other: Self) {
        self.settings += other.settings;
        self.calls += other.calls;
        self.begun += other.begun;
        self.lost += other.lost;
        self.shared += other.shared;
        self.apart += other.apart;
    }
}

pub(crate) fn run(seed: u64, watchdog: &Watchdog) -> Report {
    let setting = Setting::of(seed);
    let what = format!("SOAK_SEED={seed} {setting:?}");
    eprintln!("{what}");
    let world = World::new(setting.limit);
    watchdog.watch(what, &world);
    let mut random = Random::new(seed);
    let runtime = setting.runtime();
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| runtime.spawn(deeds(Arc::clone(&world), random.fork(), At::default())))
        .collect();
    let aborting = abort_some(tasks.iter().map(JoinHandle::abort_handle).collect(), random.fork());
    let aborting = runtime.spawn(aborting);
    if setting.is_cut_short {
        cut_short(runtime, tasks, &mut random);
    } else {
        let ended = runtime.block_on(join_all(tasks));
        runtime.block_on(aborting).unwrap();
        for error in ended.into_iter().filter_map(Result::err) {
            assert!(error.is_cancelled(), "{error}");
        }
        // What nobody waits for goes on by itself, but shielded futures need their runtime.
        runtime.block_on(quiet(&world));
    }
    while !world.is_quiet() {
        thread::sleep(Duration::from_millis(1));
    }
    world.calm_down();
    world.check();
    watchdog.rest();
    let lost = world.lost.load(SeqCst);
    let (shared, apart) = world.ways();
    Report { settings: 1, calls: world.polled(), begun: world.begun(), lost, shared, apart }
}

async fn quiet(world: &Arc<World>) {
    while !world.is_quiet() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn abort_some(tasks: Vec<AbortHandle>, mut random: Random) {
    for _ in 0..TASKS / 10 {
        let index = usize::try_from(random.below(TASKS as u64)).unwrap();
        tasks[index].abort();
        yield_now().await;
        if random.one_in(2) {
            tokio::time::sleep(Duration::from_micros(random.below(2_000))).await;
        }
    }
}

/// Shuts the runtime down in one of three ways while its tasks are busy.
fn cut_short(runtime: Runtime, tasks: Vec<JoinHandle<()>>, random: &mut Random) {
    let a_while = Duration::from_micros(random.below(50_000));
    runtime.block_on(async {
        let _ = tokio::time::timeout(a_while, join_all(tasks)).await;
    });
    match random.below(3) {
        0 => runtime.shutdown_background(),
        1 => runtime.shutdown_timeout(Duration::from_millis(random.below(20))),
        _ => drop(runtime),
    }
}
