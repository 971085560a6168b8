//! Wherever a call runs, it is in the span of its caller.

use std::thread;

use lionpride_concurrency::{
    Dedicated, Dispatcher, Limiter, RunSync, Task, Work, run_async, run_sync,
};
use tracing::{Instrument, info, info_span};

use crate::log::Log;
use crate::{hold_the_thread, poll, runtime, runtimes};

fn at_work() -> String {
    info!("at work");
    thread::current().name().unwrap_or_default().to_owned()
}

fn assert_is_traced<W, D>(call: impl Fn() -> RunSync<W, D>)
where
    W: Work,
    RunSync<W, D>: Future<Output = String>,
{
    for runtime in runtimes() {
        let (log, _guard) = Log::here();
        runtime.block_on(call().instrument(info_span!("caller")));
        assert_eq!(log.around("at work"), ["run_sync", "caller"]);
        assert!(log.hop().fields.seconds("ran") >= 0.0);
        assert!(log.open().is_empty());
    }
}

#[test]
fn on_a_limiter() {
    static DB: Limiter = Limiter::new("db", 1);
    assert_is_traced(|| run_sync(at_work).on(&DB));
    assert_is_traced(|| DB.try_run(at_work).unwrap());
}

#[test]
fn behind_others_on_a_limiter() {
    static BEHIND: Limiter = Limiter::new("behind", 1);
    let runtime = runtime();
    let (log, _guard) = Log::here();
    let _context = runtime.enter();
    let held = hold_the_thread(&runtime);
    let mut first = Box::pin(run_sync(|| ()).on(&BEHIND).instrument(info_span!("first")));
    let mut second = Box::pin(run_sync(at_work).on(&BEHIND).instrument(info_span!("second")));
    assert!(poll(&mut first).is_pending());
    assert!(poll(&mut second).is_pending());
    drop(held);
    runtime.block_on(second);
    runtime.block_on(first);
    assert_eq!(log.around("at work"), ["run_sync", "second"]);
    assert!(log.open().is_empty());
}

#[test]
fn on_a_dedicated_thread() {
    let dedicated = Dedicated::new("dedicated", || ());
    assert_is_traced(|| run_sync(at_work).on(&dedicated));
    assert_is_traced(|| dedicated.call(|()| at_work()));
}

#[test]
fn on_a_dispatcher_of_the_users_own() {
    #[derive(Clone)]
    struct Threads;

    impl Dispatcher for Threads {
        fn dispatch(&self, task: Task) {
            thread::spawn(|| task.run());
        }
    }

    assert_is_traced(|| run_sync(at_work).on(&Threads));
}

#[cfg(feature = "rayon")]
#[test]
fn on_rayons_pool() {
    let rayon = lionpride_concurrency::Rayon::global();
    assert_is_traced(|| run_sync(at_work).on(&rayon));
}

#[test]
fn shielded() {
    for runtime in runtimes() {
        let (log, _guard) = Log::here();
        let call = run_sync(at_work).shielded().instrument(info_span!("caller"));
        runtime.block_on(call);
        assert_eq!(log.around("at work"), ["run_sync", "caller"]);
    }
}

/// The one thread of the pool waits for it.
#[test]
fn on_a_thread_beside_the_pool() {
    for runtime in runtimes() {
        let (log, _guard) = Log::here();
        let outer = run_sync(|| run_async(run_sync(at_work).named("inner"))).named("outer");
        let thread = runtime.block_on(outer.instrument(info_span!("caller")));
        assert_eq!(thread, "rescue");
        assert_eq!(log.around("at work"), ["run_sync", "run_sync", "caller"]);
        assert!(log.open().is_empty());
    }
}
