//! What callables and the stages of a pipeline are called.

use std::panic::{AssertUnwindSafe, panic_any};

use futures::FutureExt;
use lionpride_concurrency::{Callable, Limiter, callable, dispatch, pipeline};
use tokio::runtime::Builder;
use tracing::{Instrument, info_span};

use crate::log::Log;

static DB: Limiter = Limiter::new("db", 2);

#[dispatch]
fn parse(text: &'static str) -> Result<u32, String> {
    text.parse().map_err(|_| text.to_owned())
}

#[dispatch]
fn double(n: u32) -> u32 {
    n * 2
}

#[dispatch(shield)]
fn store(n: u32) -> u32 {
    n
}

fn add_one(n: u32) -> u32 {
    n + 1
}

async fn later(n: u32) -> u32 {
    tokio::task::yield_now().await;
    n
}

/// What the hops of a future are called, one after another.
fn names<F: Future>(future: F) -> Vec<Option<String>> {
    let (log, _guard) = Log::here();
    Builder::new_current_thread().build().unwrap().block_on(future);
    let hops = log.spans("run_sync");
    hops.iter().map(|hop| hop.fields.get("name").map(str::to_owned)).collect()
}

fn some(names: &[&str]) -> Vec<Option<String>> {
    names.iter().map(|&name| Some(name.to_owned())).collect()
}

#[test]
fn a_dispatched_function_keeps_its_name() {
    assert_eq!(names(callable!(double).call(1)), some(&["double"]));
    assert_eq!(names(callable!(blocking(double)).call(1)), some(&["double"]));
    assert_eq!(names(callable!(on(DB, double)).call(1)), some(&["double"]));
    assert_eq!(names(callable!(store).call(1)), some(&["store"]));
    assert_eq!(names(callable!(double).boxed().call(1)), some(&["double"]));
    assert_eq!(names(callable!(add_one).call(1)), [None]);
}

#[test]
fn a_hop_is_called_after_its_stages() {
    assert_eq!(names(pipeline!(add_one).call(1)), some(&["add_one"]));
    let p = pipeline!(
        inline(|text: &'static str| text.trim()),
        parse?,
        double,
        inline(add_one),
        later,
        |n| n - 1,
        on(DB, add_one),
        store,
        blocking(double),
        add_one,
    );
    let expected = [
        "parse? + double + inline(add_one)",
        "|n| n - 1",
        "on(DB, add_one)",
        "store",
        "blocking(double) + add_one",
    ];
    assert_eq!(names(p.call(" 1 ")), some(&expected));
    assert_eq!(p.hops(), expected.len());
}

#[test]
fn a_hop_that_crosses_into_a_pipeline_is_called_after_the_stages_outside() {
    let inner = pipeline!(add_one, later, double);
    let boxed = callable!(double).boxed();
    let outer = pipeline!(double, inner, boxed);
    assert_eq!(names(outer.call(1)), some(&["double + inner", "inner + boxed"]));
    let (starts, ends) = (pipeline!(later, double), pipeline!(add_one, later));
    let outer = pipeline!(starts, later, pipeline!(outer, double), ends);
    let expected = ["starts", "double + inner", "pipeline!(outer, double) + ends"];
    assert_eq!(names(outer.call(1)), some(&expected));
}

#[test]
fn stages_of_many_give_their_hops_their_names() {
    let p = pipeline!(
        |n: u32| n,
        |n| [n, n],
        each(2, add_one),
        each(2, on(DB, add_one)),
        |all| all[0],
        join(add_one, later, double, store, on(DB, add_one), inline(add_one)),
        |(n, ..)| n,
    );
    let on_db = "each(2, on(DB, add_one))";
    let join = "join(add_one, later, double, store, on(DB, add_one), inline(add_one))";
    let expected = [
        "|n: u32| n + |n| [n, n]",
        "each(2, add_one)",
        "each(2, add_one)",
        on_db,
        on_db,
        "|all| all[0]",
        join,
        "double",
        "store",
        join,
        "|(n, ..)| n",
    ];
    assert_eq!(names(p.call(1)), some(&expected));
}

#[test]
fn a_callable_that_is_a_stage_is_called_after_it() {
    let add = callable!(add_one);
    assert_eq!(names(pipeline!(add).call(1)), some(&["add"]));
}

/// The stages that an event names, and the payload.
fn panic_of<F: Future>(future: F) -> (Vec<(String, Vec<&'static str>)>, u8) {
    let (log, _guard) = Log::here();
    let caught = AssertUnwindSafe(future.instrument(info_span!("caller"))).catch_unwind();
    let payload = Builder::new_current_thread().build().unwrap().block_on(caught).err().unwrap();
    (log.panicked_stages(), *payload.downcast().unwrap())
}

fn fail(n: u32) -> u32 {
    if n > 0 { panic_any(7_u8) } else { n }
}

async fn fail_later(n: u32) -> u32 {
    later(n).await;
    fail(n)
}

#[test]
fn an_event_tells_which_stage_has_panicked() {
    let in_hop = ["run_sync", "caller"];
    let stage = |text: &str, within: &[&'static str]| (text.to_owned(), within.to_vec());
    let expected = (vec![stage("fail", &in_hop)], 7);
    assert_eq!(panic_of(pipeline!(double, fail, double).call(1)), expected);
    let expected = (vec![stage("inline(fail)", &in_hop[1..])], 7);
    assert_eq!(panic_of(pipeline!(later, inline(fail), double).call(1)), expected);
    let expected = (vec![stage("fail_later", &in_hop[1..])], 7);
    assert_eq!(panic_of(pipeline!(double, fail_later, double).call(1)), expected);
    let inner = pipeline!(later, fail, later);
    let expected = (vec![stage("fail", &in_hop), stage("inner", &in_hop[1..])], 7);
    assert_eq!(panic_of(pipeline!(double, inner, double).call(1)), expected);
    // In work that has left its pipeline, only the stage itself is to blame.
    let inner = pipeline!(later, fail);
    let expected = (vec![stage("fail", &in_hop)], 7);
    assert_eq!(panic_of(pipeline!(double, inner, double).call(1)), expected);
    let (boxed, inline) = (callable!(fail).boxed(), callable!(inline(fail)));
    let expected = (vec![stage("boxed", &in_hop)], 7);
    assert_eq!(panic_of(pipeline!(double, boxed, double).call(1)), expected);
    let expected = (vec![stage("inline", &in_hop)], 7);
    assert_eq!(panic_of(pipeline!(double, inline, double).call(1)), expected);
}

#[test]
fn an_event_tells_which_stage_of_many_has_panicked() {
    let in_hop = ["run_sync", "caller"];
    let stage = |text: &str, within: &[&'static str]| (vec![(text.to_owned(), within.to_vec())], 7);
    let each = pipeline!(|n: u32| [n], each(2, fail));
    assert_eq!(panic_of(each.call(1)), stage("each(2, fail)", &in_hop));
    let each = pipeline!(|n: u32| [n], each(2, inline(fail)));
    assert_eq!(panic_of(each.call(1)), stage("each(2, inline(fail))", &in_hop[1..]));
    let each = pipeline!(|n: u32| [n], each(2, fail_later));
    assert_eq!(panic_of(each.call(1)), stage("each(2, fail_later)", &in_hop[1..]));
    let each = pipeline!(|n: u32| (0..n).map(fail), each(2, |n| n));
    assert_eq!(panic_of(each.call(2)), stage("each(2, |n| n)", &in_hop));
    let join = pipeline!(join(fail, add_one));
    assert_eq!(panic_of(join.call(1)), stage("join(fail, add_one)", &in_hop[1..]));
    let join = pipeline!(join(inline(fail), fail_later));
    assert_eq!(panic_of(join.call(1)), stage("join(inline(fail), fail_later)", &in_hop[1..]));
}

#[test]
fn a_stage_that_is_dropped_for_another_has_not_panicked() {
    let waits = pipeline!(|()| futures::future::pending::<()>());
    let fails = pipeline!(fail_later);
    let (stages, _) = panic_of(async { tokio::join!(waits.call(()), fails.call(1)) });
    assert_eq!(stages, [("fail_later".to_owned(), vec!["caller"])]);
}
