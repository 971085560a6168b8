//! The span of a hop.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use lionpride_concurrency::{Dedicated, Limiter, run_sync};
use tracing::{Instrument, Level, info_span};

use crate::log::Log;
use crate::{hold_the_thread, poll, runtime};

#[test]
fn it_is_a_child_of_the_callers_at_debug_level() {
    let (log, _guard) = Log::here();
    runtime().block_on(run_sync(|| ()).instrument(info_span!("caller")));
    let hop = log.hop();
    assert_eq!((hop.level, &*hop.within), (Level::DEBUG, &["caller"][..]));
}

#[test]
fn it_has_the_name_of_the_call() {
    let (log, _guard) = Log::here();
    runtime().block_on(async {
        run_sync(|| ()).named("resize").await;
        run_sync(|| ()).await;
    });
    let hops = log.spans("run_sync");
    assert_eq!(hops[0].fields.get("name"), Some("resize"));
    assert_eq!(hops[1].fields.get("name"), None);
}

#[test]
fn it_says_for_how_long_the_call_was_queued_and_has_run() {
    let (log, _guard) = Log::here();
    let runtime = runtime();
    let held = hold_the_thread(&runtime);
    let _context = runtime.enter();
    let mut call = run_sync(|| thread::sleep(Duration::from_millis(20)));
    assert!(poll(&mut call).is_pending());
    assert_eq!(log.hop().fields.get("queued"), None);
    thread::sleep(Duration::from_millis(30));
    drop(held);
    runtime.block_on(call);
    let fields = log.hop().fields;
    assert!((0.03..10.0).contains(&fields.seconds("queued")), "{fields:?}");
    assert!((0.02..10.0).contains(&fields.seconds("ran")), "{fields:?}");
}

#[test]
fn it_is_closed_when_the_caller_hears_of_the_end() {
    let (log, _guard) = Log::here();
    let runtime = runtime();
    for turn in 1..=200 {
        runtime.block_on(run_sync(|| ()));
        assert!(log.open().is_empty());
        assert_eq!(log.spans("run_sync").len(), turn);
    }
}

#[test]
fn it_is_closed_at_once_when_the_call_is_dropped_while_it_is_queued() {
    static QUEUED: Limiter = Limiter::new("queued", 1);
    let (log, _guard) = Log::here();
    let runtime = runtime();
    let held = hold_the_thread(&runtime);
    let _context = runtime.enter();
    let mut on_the_pool = Box::pin(run_sync(|| ()).instrument(info_span!("caller")));
    let mut let_in = run_sync(|| ()).on(&QUEUED);
    let mut waiting = run_sync(|| ()).on(&QUEUED);
    assert!(poll(&mut on_the_pool).is_pending());
    assert!(poll(&mut let_in).is_pending());
    assert!(poll(&mut waiting).is_pending());
    assert_eq!(log.open().len(), 4);
    drop(waiting);
    assert_eq!(log.open().len(), 3);
    drop((on_the_pool, let_in));
    assert!(log.open().is_empty());
    assert_eq!(log.spans("run_sync")[0].fields.get("ran"), None);
    drop(held);
}

#[test]
fn it_is_closed_when_abandoned_work_ends() {
    let (log, _guard) = Log::here();
    let runtime = runtime();
    let _context = runtime.enter();
    let (started, has_started) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let mut call = run_sync(move || {
        started.send(()).unwrap();
        let _ = released.recv();
    });
    assert!(poll(&mut call).is_pending());
    has_started.recv().unwrap();
    drop(call);
    assert_eq!(log.open(), ["run_sync"]);
    drop(release);
    runtime.block_on(run_sync(|| ()));
    assert!(log.open().is_empty());
}

#[test]
fn it_is_closed_when_the_call_is_lost() {
    let (log, _guard) = Log::here();
    let runtime = runtime();
    let handle = runtime.handle().clone();
    runtime.shutdown_background();
    let _context = handle.enter();
    let mut call = run_sync(|| ()).into_result();
    assert!(poll(&mut call).is_pending());
    assert!(log.open().is_empty());
}

#[test]
fn a_call_that_is_never_polled_has_none() {
    let (log, _guard) = Log::here();
    drop(run_sync(|| ()).named("inert"));
    run_sync(|| ()).run_inline();
    assert!(log.spans("run_sync").is_empty());
}

/// The thread goes on, the worker does not keep what the last call brought along.
#[test]
fn a_thread_keeps_no_subscriber_alive() {
    let dedicated = Dedicated::new("subscribers", || ());
    let runtime = runtime();
    let (log, guard) = Log::here();
    let dispatch = tracing::dispatcher::get_default(tracing::Dispatch::downgrade);
    runtime.block_on(async {
        run_sync(|| ()).await;
        dedicated.call(|()| ()).await;
    });
    drop((log, guard));
    assert!(dispatch.upgrade().is_none());
}
