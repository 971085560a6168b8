//! The warning of a call that waited long for its start.

use std::thread;
use std::time::Duration;

use lionpride_concurrency::{Dedicated, Limiter, run_sync};
use tracing::{Instrument, info_span};
use tracing_subscriber::filter::LevelFilter;

use crate::log::Log;
use crate::{hold_the_thread, poll, runtime};

const A_WHILE: Duration = Duration::from_millis(30);

/// A call under this limiter that had to wait.
fn after_a_while(limiter: &Limiter, name: Option<&'static str>) {
    let runtime = runtime();
    let held = hold_the_thread(&runtime);
    let _context = runtime.enter();
    let mut call = run_sync(|| ()).on(limiter);
    if let Some(name) = name {
        call = call.named(name);
    }
    let mut call = Box::pin(call.instrument(info_span!("caller")));
    assert!(poll(&mut call).is_pending());
    thread::sleep(A_WHILE);
    drop(held);
    runtime.block_on(call);
}

#[test]
fn a_call_that_waited_for_longer_than_the_threshold_is_warned_of() {
    static SLOW: Limiter = Limiter::new("slow", 1);
    SLOW.set_slow_start(0.02);
    let (log, _guard) = Log::here();
    after_a_while(&SLOW, Some("resize"));
    let [warning] = log.warnings().try_into().unwrap();
    assert_eq!(warning.fields.get("limiter"), Some("slow"));
    assert_eq!(warning.fields.get("name"), Some("resize"));
    assert!((0.03..10.0).contains(&warning.fields.seconds("queued")), "{warning:?}");
    assert_eq!(warning.within, ["run_sync", "caller"]);
}

#[test]
fn it_is_in_the_callers_span_where_the_hop_has_none() {
    static COARSE: Limiter = Limiter::new("coarse", 1);
    COARSE.set_slow_start(Duration::ZERO);
    let (log, _guard) = Log::up_to(LevelFilter::INFO);
    after_a_while(&COARSE, None);
    let [warning] = log.warnings().try_into().unwrap();
    assert_eq!(warning.within, ["caller"]);
}

#[test]
fn a_call_that_waited_for_less_is_not_warned_of() {
    static QUICK: Limiter = Limiter::new("quick", 1);
    for threshold in [60.0, f64::INFINITY] {
        QUICK.set_slow_start(threshold);
        let (log, _guard) = Log::here();
        after_a_while(&QUICK, Some("resize"));
        assert!(log.warnings().is_empty());
    }
}

#[test]
fn the_threshold_is_a_second_at_first() {
    static PATIENT: Limiter = Limiter::new("patient", 1);
    let (log, _guard) = Log::here();
    after_a_while(&PATIENT, None);
    let dedicated = Dedicated::new("idle", || ());
    runtime().block_on(dedicated.call(|()| ()));
    assert!(log.warnings().is_empty());
}

#[test]
fn the_clones_of_a_limiter_share_their_threshold() {
    let limiter = Limiter::new("shared", 1);
    limiter.clone().set_slow_start(0);
    let (log, _guard) = Log::here();
    after_a_while(&limiter, None);
    assert_eq!(log.warnings().len(), 1);
}

/// Waiting for the permit counts: the pool has threads enough.
#[test]
fn the_wait_for_a_permit_counts() {
    static BUSY: Limiter = Limiter::new("busy", 1);
    BUSY.set_slow_start(0.02);
    let (log, _guard) = Log::here();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let _context = runtime.enter();
    let mut first = run_sync(|| thread::sleep(A_WHILE)).on(&BUSY).named("first");
    let mut second = run_sync(|| ()).on(&BUSY).named("second");
    assert!(poll(&mut first).is_pending() && poll(&mut second).is_pending());
    runtime.block_on(second);
    runtime.block_on(first);
    let warnings = log.warnings();
    let late = warnings.iter().map(|warning| warning.fields.get("name").unwrap());
    assert!(late.clone().any(|name| name == "second"), "{:?}", late.collect::<Vec<_>>());
}
