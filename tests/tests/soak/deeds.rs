//! What tasks and work do at random.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use lionpride_concurrency::{
    Job, Route, RunSync, RunSyncError, check_cancelled, fail_after, move_on_after, run_async,
    run_sync, shield,
};
use tokio::task::yield_now;

use crate::bursts::burst;
use crate::random::Random;
use crate::world::{DEDICATED, PLACES, POOL, Probe, World};

/// Calls are nested so deep.
const DEEPEST: u32 = 4;

pub(crate) type Answer = Result<Probe, RunSyncError>;

/// Where the code that makes calls is itself.
#[derive(Clone, Copy, Default)]
pub(crate) struct At {
    depth: u32,
    here: usize,
    /// The last of the places around it.
    place: usize,
    /// The places around it.
    held: [bool; PLACES],
}

impl At {
    fn inside(self, place: usize) -> Self {
        let mut held = self.held;
        held[place] = true;
        Self { depth: self.depth + 1, here: place, place: self.place.max(place), held }
    }

    pub(crate) fn is_work(self) -> bool {
        self.held.contains(&true)
    }
}

/// Some deeds, one after another.
pub(crate) fn deeds(world: Arc<World>, mut random: Random, at: At) -> BoxFuture<'static, ()> {
    async move {
        for _ in 0..=random.below(if at.depth == 0 { 6 } else { 2 }) {
            deed(&world, &mut random, at).await;
        }
    }
    .boxed()
}

async fn deed(world: &Arc<World>, random: &mut Random, at: At) {
    let a_while = Duration::from_micros(random.below(3_000));
    match random.below(13) {
        0..3 => take(world, any_call(world, random, at).await),
        3 | 4 => poll_and_drop(any_call(world, random, at), random).await,
        5 => {
            if let Ok(answer) = fail_after(a_while, any_call(world, random, at)).await {
                take(world, answer);
            }
        }
        6 => {
            let calls: Vec<_> = (0..3).map(|_| any_call(world, random, at)).collect();
            join_all(calls).await.into_iter().for_each(|answer| take(world, answer));
        }
        7 => {
            let shielded = shield(any_call(world, random, at));
            // Its task is out of sight for the work that it was made from: that must not wait for
            // it, with a permit or on the last thread of the pool.
            if random.one_in(2) && !at.is_work() {
                take(world, shielded.await);
            } else {
                poll_and_drop(shielded, random).await;
            }
        }
        8 | 9 => try_run(world, random, at).await,
        10 if at.depth == 0 => {
            let place = 1 + usize::from(random.one_in(2));
            world.set_limit(place, 1 + usize::try_from(random.below(8)).unwrap());
        }
        10 => yield_now().await,
        11 => burst(world, random, at).await,
        _ if at.depth < DEEPEST => {
            let within = At { depth: at.depth + 1, ..at };
            let more = deeds(Arc::clone(world), random.fork(), within);
            move_on_after(a_while, more).await;
        }
        _ => {}
    }
}

pub(crate) fn take(world: &World, answer: Answer) {
    match answer {
        Err(RunSyncError::Shutdown) => {
            world.lost.fetch_add(1, SeqCst);
        }
        answer => drop(answer),
    }
}

/// Polls a few times, or never.
pub(crate) async fn poll_and_drop<F: Future + Unpin>(mut future: F, random: &mut Random) {
    for _ in 0..random.below(4) {
        let poll = poll_fn(|cx| Poll::Ready(future.poll_unpin(cx).is_ready()));
        if poll.await {
            return;
        }
        yield_now().await;
        if random.one_in(8) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

pub(crate) fn any_place(random: &mut Random, at: At) -> usize {
    if at.held[DEDICATED] && at.here != DEDICATED {
        // The one thread waits for this code: it does what it calls itself, and no more.
        return POOL;
    }
    let places = u64::try_from(PLACES - at.place).unwrap();
    if random.one_in(3) { POOL } else { at.place + usize::try_from(random.below(places)).unwrap() }
}

fn any_call(world: &Arc<World>, random: &mut Random, at: At) -> BoxFuture<'static, Answer> {
    let place = any_place(random, at);
    let mut its_own = random.fork();
    call_at(world, random, at, place, move |world, at| toil(world, &mut its_own, at))
}

/// A call whose call site is known by what it has to do.
pub(crate) fn call_at(
    world: &Arc<World>,
    random: &mut Random,
    at: At,
    place: usize,
    toil: impl FnOnce(Arc<World>, At) + Send + 'static,
) -> BoxFuture<'static, Answer> {
    let work = work(world, at, place, toil);
    match (place, world.limiter(place)) {
        (_, Some(limiter)) => any_way(world, random, place, run_sync(work).on(limiter)),
        (DEDICATED, _) if random.one_in(3) && !at.held[DEDICATED] => {
            let call = world.dedicated.call(|calls| {
                *calls += 1;
                work()
            });
            any_way(world, random, place, call)
        }
        (DEDICATED, _) => any_way(world, random, place, run_sync(work).on(&world.dedicated)),
        _ => any_way(world, random, place, run_sync(work)),
    }
}

async fn try_run(world: &Arc<World>, random: &mut Random, at: At) {
    let place = (1 + usize::from(random.one_in(2))).max(at.place);
    let Some(limiter) = world.limiter(place) else { return };
    let mut its_own = random.fork();
    let work = work(world, at, place, move |world, at| toil(world, &mut its_own, at));
    match limiter.try_run(work) {
        Ok(call) => take(world, any_way(world, random, place, call).await),
        Err(saturated) => assert_eq!(saturated.limiter(), limiter.name()),
    }
}

fn any_way<J, D>(
    world: &Arc<World>,
    random: &mut Random,
    place: usize,
    call: RunSync<J, D>,
) -> BoxFuture<'static, Answer>
where
    J: Job<Output = Probe>,
    D: Route,
{
    let call = call.named("soak");
    match random.below(6) {
        0 => counted(world, place, call.shielded().into_result()).boxed(),
        1 | 2 => {
            // As most people write it.
            let call = AssertUnwindSafe(counted(world, place, call)).catch_unwind();
            call.map(|answer| answer.map_err(RunSyncError::Panicked)).boxed()
        }
        _ => counted(world, place, call.into_result()).boxed(),
    }
}

/// Counts the call when it is first polled.
fn counted<F: Future + Unpin>(world: &Arc<World>, place: usize, call: F) -> Counted<F> {
    Counted { call, uncounted: Some((Arc::clone(world), place)) }
}

struct Counted<F> {
    call: F,
    uncounted: Option<(Arc<World>, usize)>,
}

impl<F: Future + Unpin> Future for Counted<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        if let Some((world, place)) = self.uncounted.take() {
            world.places[place].polled.fetch_add(1, SeqCst);
        }
        self.call.poll_unpin(cx)
    }
}

fn work<T: FnOnce(Arc<World>, At) + Send>(
    world: &Arc<World>,
    at: At,
    place: usize,
    toil: T,
) -> impl FnOnce() -> Probe + Send + use<T> {
    let (probe, world) = (Probe::new(world, place), Arc::clone(world));
    let has_permit = !at.held[place];
    move || probe.run(has_permit, move || toil(world, at.inside(place)))
}

fn toil(world: Arc<World>, random: &mut Random, at: At) {
    match random.below(12) {
        0 => resume_unwind(Box::new("a panic, past the hook")),
        1 => thread::sleep(Duration::from_micros(random.below(500))),
        2 => {
            for _ in 0..20 {
                if check_cancelled().is_err() {
                    return;
                }
                thread::sleep(Duration::from_micros(50));
            }
        }
        3..6 if at.depth <= DEEPEST => run_async(deeds(world, random.fork(), at)),
        6 => thread::yield_now(),
        _ => {}
    }
}
