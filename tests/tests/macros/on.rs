//! `on(D, f)`: one use of a function, on a dispatcher.

use std::cell::Cell;
use std::sync::{Arc, LazyLock};
use std::thread;

use futures::future::join_all;
use lionpride_concurrency::{
    BoxCallable, Callable, Dedicated, Job, Limiter, Route, RunSync, callable, dispatch, is_async,
    pipeline, run_sync,
};

use crate::places::{DB, Threads, place};

tokio::task_local! {
    static NUMBER: u32;
}

fn add(a: u32, b: u32) -> (u32, String) {
    (a + b, place())
}

#[dispatch]
fn dispatched(n: u32) -> (u32, String) {
    (n, place())
}

#[dispatch(on = DB, shield, locals(NUMBER))]
fn placed(n: u32) -> (u32, String) {
    (n + NUMBER.get(), place())
}

fn by_hand() -> RunSync<impl Job<Output = String>, impl Route> {
    run_sync(place).named("by hand").shielded()
}

#[tokio::test]
async fn a_sync_function_runs_there() {
    let add = callable!(on(DB, add));
    assert_eq!((add.is_async(), add.hops()), (false, 1));
    assert_eq!(add.call((1, 2)).await, (3, "db: no name".to_owned()));
    let boxed: BoxCallable<(u32, u32), (u32, String)> = add.clone().boxed();
    assert_eq!((boxed.is_async(), boxed.hops()), (false, 1));
    assert_eq!(boxed.call((1, 2)).await, (3, "db: no name".to_owned()));
    assert_eq!(callable!(add).call((1, 2)).await, (3, "db: no name".to_owned()));
    assert_eq!(callable!(on(DB, || place())).call(()).await, "db: no name");
    assert_eq!(callable!(on(DB, (str::len))).call("abc").await, 3);
    assert_eq!(callable!((on(&DB, u32::from_str_radix))).call(("f", 16)).await, Ok(15));
    let pointer: fn(u32, u32) -> (u32, String) = self::add;
    assert_eq!(callable!(on(DB, pointer)).call((1, 2)).await.0, 3);
}

#[tokio::test]
async fn a_dispatched_function_keeps_its_name() {
    let callable = callable!(on(DB, dispatched));
    assert_eq!((callable.is_async(), callable.hops()), (false, 1));
    assert_eq!(callable.call(1).await, (1, "db: dispatched".to_owned()));
}

#[tokio::test]
async fn it_replaces_the_place_and_nothing_else() {
    let log = Threads("log");
    let callable = callable!(on(log, placed));
    assert_eq!(NUMBER.scope(7, callable.call(1)).await, (8, "log: placed".to_owned()));
    assert_eq!(callable!(on(log, by_hand)).call(()).await, "log: by hand");
    assert!(!callable.is_async());
}

#[tokio::test]
async fn a_dispatcher_is_any_expression_that_is_evaluated_once() {
    static LAZY: LazyLock<Dedicated<()>> = LazyLock::new(|| Dedicated::new("lazy", || ()));
    struct Pools {
        db: Threads,
    }
    let name = || thread::current().name().map(str::to_owned);
    let pools = Pools { db: Threads("field") };
    assert_eq!(callable!(on(pools.db, place)).call(()).await, "field: no name");
    assert_eq!(callable!(on(Threads("new"), place)).call(()).await, "new: no name");
    assert_eq!(callable!(on(LAZY, name)).call(()).await.as_deref(), Some("lazy"));
    let borrowed = &pools.db;
    assert_eq!(callable!(on(*borrowed, place)).call(()).await, "field: no name");

    let evaluated = Cell::new(0);
    let count = || evaluated.replace(evaluated.get() + 1);
    let callable = callable!(on(
        {
            assert_eq!(count(), 0);
            Threads("block")
        },
        {
            assert_eq!(count(), 1);
            place
        }
    ));
    assert_eq!(callable.call(()).await, "block: no name");
    assert_eq!(callable.clone().call(()).await, "block: no name");
    assert_eq!(evaluated.get(), 2);
}

#[tokio::test]
async fn the_function_may_take_the_dispatcher_along() {
    let limiter = Limiter::new("own", 1);
    let callable = callable!(on(limiter, move |n: usize| n + limiter.in_use()));
    assert_eq!(callable.call(1).await, 2);
}

#[tokio::test]
async fn a_question_looks_at_the_function() {
    assert!(!is_async!(on(DB, add)));
    assert!(!is_async!(on(DB, dispatched)));
    assert!(!is_async!(on(DB, |n: u32| n)));
    assert!(!is_async!(on(Threads("other"), placed)));
}

#[tokio::test]
async fn all_that_run_on_a_limiter_are_bounded_by_it() {
    let limiter = Limiter::new("two", 2);
    let inside = limiter.clone();
    let callable = callable!(on(limiter, move |_: u32| {
        thread::yield_now();
        inside.in_use()
    }));
    let seen = join_all((0..20).map(|n| callable.call(n))).await;
    assert!(seen.iter().all(|&in_use| in_use == 1 || in_use == 2), "{seen:?}");
}

fn parse(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("{text} in {}", place()))
}

fn double(n: u32) -> u32 {
    n * 2
}

async fn later(n: u32) -> u32 {
    tokio::task::yield_now().await;
    n
}

#[tokio::test]
async fn a_stage_has_a_hop_of_its_own() {
    let log = Threads("log");
    let p = pipeline!(
        double,
        double,
        on(DB, double),
        double,
        inline(double),
        later,
        on(&log, |n| (n, place())),
        on(DB, dispatched_of),
    );
    assert_eq!(
        p.to_string(),
        "\
1. double                      sync    hop 1
2. double                      sync    hop 1
3. on(DB, double)              sync    hop 2
4. double                      sync    hop 3
5. inline(double)              inline  hop 3
6. later                       async   in place
7. on(&log, |n| (n, place()))  sync    hop 4
8. on(DB, dispatched_of)       sync    hop 5"
    );
    assert_eq!(p.hops(), 5);
    let places = ["log: on(&log, |n| (n, place()))", "db: dispatched_of"].map(str::to_owned);
    assert_eq!(p.call(1).await, (32, places));
}

#[dispatch]
fn dispatched_of((n, before): (u32, String)) -> (u32, [String; 2]) {
    (n, [before, place()])
}

#[tokio::test]
async fn a_stage_may_be_asked_with_a_question_mark() {
    let db = Arc::new(Threads("arc"));
    let p = pipeline!(
        on(DB, parse)?,
        |n| n.to_string() + "1",
        on(*db, |text: String| parse(&text)?),
        on(DB, |n| if n < 100 { Ok(n) } else { Err(place()) })?,
        double,
    );
    assert_eq!(p.hops(), 5);
    let third = p.to_string().lines().nth(2).map(str::to_owned).unwrap_or_default();
    assert!(third.starts_with("3. on(*db, |text: String| parse(&text)?) "), "{third}");
    assert!(third.ends_with("sync    hop 3"), "{third}");
    assert_eq!(p.call("4").await, Ok(82));
    assert_eq!(p.call("x").await, Err("x in db: on(DB, parse)?".to_owned()));
    assert_eq!(
        p.call("10").await,
        Err("db: on(DB, |n| if n < 100 { Ok(n) } else { Err(place()) })?".to_owned())
    );
}

#[tokio::test]
async fn a_pipeline_of_one_is_one_hop() {
    let p = pipeline!(on(DB, dispatched));
    assert_eq!((p.hops(), p.is_async()), (1, false));
    assert_eq!(p.call(1).await, (1, "db: dispatched".to_owned()));
    let nested = pipeline!(double, p, |(n, _)| n);
    assert_eq!(nested.hops(), 3);
    assert_eq!(nested.call(1).await, 2);
}
