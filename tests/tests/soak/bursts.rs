//! Many calls at once: of a call site that is short, of one that is long, or of one that is short as
//! a rule.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use futures::future::{BoxFuture, join_all};

use crate::deeds::{Answer, At, any_place, call_at, poll_and_drop, take};
use crate::random::Random;
use crate::world::{POOL, World};

pub(crate) async fn burst(world: &Arc<World>, random: &mut Random, at: At) {
    let calls = join_all(calls(world, random, at));
    if random.one_in(4) {
        poll_and_drop(calls, random).await;
    } else {
        calls.await.into_iter().for_each(|answer| take(world, answer));
    }
}

fn calls(world: &Arc<World>, random: &mut Random, at: At) -> Vec<BoxFuture<'static, Answer>> {
    let place = any_place(random, at);
    // Those under a limit come to the pool a few at a time, each time behind all others.
    let few = at.is_work() || place != POOL;
    let many = 0..random.below(if few { 10 } else { 200 });
    match random.below(4) {
        0 | 1 => many.map(|_| call_at(world, random, at, place, |_, _| ())).collect(),
        2 => many.map(|_| now_and_then_long(world, random, at, place)).collect(),
        _ => many.take(30).map(|_| long(world, random, at, place)).collect(),
    }
}

fn now_and_then_long(
    world: &Arc<World>,
    random: &mut Random,
    at: At,
    place: usize,
) -> BoxFuture<'static, Answer> {
    let nap = random.one_in(50).then(|| Duration::from_millis(1 + random.below(5)));
    call_at(world, random, at, place, move |_, _| nap.into_iter().for_each(thread::sleep))
}

fn long(
    world: &Arc<World>,
    random: &mut Random,
    at: At,
    place: usize,
) -> BoxFuture<'static, Answer> {
    let nap = Duration::from_micros(50 + random.below(500));
    call_at(world, random, at, place, move |_, _| thread::sleep(nap))
}
