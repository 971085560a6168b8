//! `Limiter`: so many calls at once.

mod bound;
mod nested;
mod permit;
mod queue;
mod set_limit;
mod shared;
mod stats;
mod try_run;

use lionpride_concurrency::{Job, Limiter, On, RunSync};

use super::{Release, held, sent};

/// Holds a permit of the limiter, in the runtime that is entered: the call has begun.
fn hold(limiter: &Limiter) -> (RunSync<impl Job<Output = ()>, On<Limiter>>, Release) {
    let (call, begins, release) = held();
    let call = sent(call.on(limiter));
    begins.recv().unwrap();
    (call, release)
}

/// How many permits are in use and free, and how many calls wait for one.
fn counts(limiter: &Limiter) -> [usize; 3] {
    [limiter.in_use(), limiter.available(), limiter.waiting()]
}
