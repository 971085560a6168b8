//! The caller's span and dispatcher, around the work and what comes of it.

use lionpride_concurrency::{Job, RunSync, fail_after, run_async, run_sync, shield};
use tracing::{Instrument, debug_span, info, info_span, instrument};
use tracing_subscriber::filter::LevelFilter;

use crate::log::Log;
use crate::{is_bare, poll, runtime, runtimes};

#[test]
fn work_is_in_the_span_of_its_caller() {
    for runtime in runtimes() {
        let (log, _guard) = Log::here();
        runtime.block_on(run_sync(|| info!("at work")).instrument(info_span!("caller")));
        assert_eq!(log.around("at work"), ["run_sync", "caller"]);
        assert!(log.open().is_empty());
    }
}

/// The call is made in one span, and first polled in another.
#[test]
fn the_caller_is_who_polls_the_call_first() {
    let (log, _guard) = Log::here();
    let call = info_span!("maker").in_scope(|| run_sync(|| info!("at work")));
    runtime().block_on(call.instrument(info_span!("caller")));
    assert_eq!(log.around("at work"), ["run_sync", "caller"]);
}

#[test]
fn nothing_is_left_on_the_thread_afterwards() {
    for runtime in runtimes() {
        let (_log, _guard) = Log::here();
        runtime.block_on(async {
            run_sync(|| assert!(!is_bare())).instrument(info_span!("caller")).await;
            assert!(runtime.spawn_blocking(is_bare).await.unwrap());
        });
    }
}

#[test]
fn nothing_is_left_on_the_thread_after_a_panic() {
    for runtime in runtimes() {
        let (log, _guard) = Log::here();
        runtime.block_on(async {
            let call = run_sync(|| panic!("out of cheese")).into_result();
            assert!(call.instrument(info_span!("caller")).await.is_err());
            assert!(runtime.spawn_blocking(is_bare).await.unwrap());
        });
        assert!(log.hop().fields.seconds("ran") >= 0.0);
        assert!(log.open().is_empty());
    }
}

#[test]
fn each_caller_has_its_own_dispatcher() {
    let runtime = runtime();
    for message in ["first", "second"] {
        let (log, _guard) = Log::here();
        runtime.block_on(run_sync(move || info!("{message}")));
        assert_eq!(log.seen().events.len(), 1);
        assert_eq!(log.around(message), ["run_sync"]);
    }
}

#[test]
fn without_a_span_for_the_hop_work_is_still_in_that_of_its_caller() {
    for runtime in runtimes() {
        let (log, _guard) = Log::up_to(LevelFilter::INFO);
        runtime.block_on(run_sync(|| info!("at work")).instrument(info_span!("caller")));
        assert_eq!(log.around("at work"), ["caller"]);
        assert!(log.spans("run_sync").is_empty() && log.open().is_empty());
    }
}

#[test]
fn without_a_subscriber_work_is_done_as_ever() {
    assert!(is_bare());
    let call = run_sync(is_bare).instrument(debug_span!("nobody sees it"));
    assert!(runtime().block_on(call));
}

#[test]
fn work_is_in_the_span_of_an_instrumented_caller() {
    fn parse(text: String) -> RunSync<impl Job<Output = usize>> {
        let work = move || {
            info!("parsing");
            text.len()
        };
        run_sync(work).named("parse")
    }

    #[instrument(skip(text))]
    async fn handle(text: String, attempt: u32) -> usize {
        parse(text).await
    }

    let (log, _guard) = Log::here();
    assert_eq!(runtime().block_on(handle("1234".to_owned(), 7)), 4);
    assert_eq!(log.around("parsing"), ["run_sync", "handle"]);
    assert_eq!(log.hop().fields.get("name"), Some("parse"));
    assert_eq!(log.spans("handle")[0].fields.get("attempt"), Some("7"));
    assert!(log.open().is_empty());
}

#[test]
fn the_spans_of_nested_calls_are_nested() {
    let (log, _guard) = Log::here();
    let inner = || run_async(run_sync(|| info!("at work")).named("inner"));
    let outer = run_sync(move || info_span!("between").in_scope(inner)).named("outer");
    runtime().block_on(outer.instrument(info_span!("caller")));
    assert_eq!(log.around("at work"), ["run_sync", "between", "run_sync", "caller"]);
    assert!(log.open().is_empty());
}

#[test]
fn the_way_back_is_in_the_span_of_its_caller() {
    let (log, _guard) = Log::here();
    let back = || info_span!("caller").in_scope(|| run_async(async { info!("without a runtime") }));
    back();
    assert_eq!(log.around("without a runtime"), ["caller"]);

    runtime().block_on(async {
        info_span!("root").in_scope(|| run_async(async { info!("elsewhere") }));
    });
    assert_eq!(log.around("elsewhere"), ["root"]);

    let work = || run_async(async { info!("in a call") });
    runtime().block_on(run_sync(work).instrument(info_span!("far")));
    assert_eq!(log.around("in a call"), ["run_sync", "far"]);
    assert!(log.open().is_empty());
}

#[test]
fn a_shielded_future_is_in_the_span_of_its_caller() {
    for runtime in runtimes() {
        let (log, _guard) = Log::here();
        let future = async { info!("shielded") };
        runtime.block_on(shield(future).instrument(info_span!("caller")));
        assert_eq!(log.around("shielded"), ["caller"]);
    }
}

#[test]
fn a_shielded_future_closes_its_spans_though_its_caller_is_gone() {
    let (log, _guard) = Log::here();
    let runtime = runtime();
    runtime.block_on(async {
        let (done, is_done) = tokio::sync::oneshot::channel();
        let call = run_sync(move || done.send(()).unwrap());
        let mut shielded = Box::pin(shield(call).instrument(info_span!("caller")));
        assert!(poll(&mut shielded).is_pending());
        drop(shielded);
        is_done.await.unwrap();
        // The call has an end to come to, and the task a poll.
        let all_closed = async {
            while !log.open().is_empty() {
                tokio::task::yield_now().await;
            }
        };
        fail_after(20, all_closed).await.unwrap();
    });
    assert_eq!(log.hop().within, ["caller"]);
}
