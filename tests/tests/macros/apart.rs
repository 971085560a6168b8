//! Functions that return a call to which something was added: it needs a hop of its own, and keeps
//! what was added wherever the function is used.

use std::sync::mpsc;
use std::task::{Context, Waker};

use futures::FutureExt;
use lionpride_concurrency::{
    BoxCallable, Callable, Job, Route, RunSync, callable, is_async, pipeline, run_sync,
};
use tokio::runtime::{Builder, Runtime};

tokio::task_local! {
    static NUMBER: u32;
}

/// The number that the task sees, added to the argument; 1000 without one.
fn seen(n: u32) -> u32 {
    n + NUMBER.try_get().unwrap_or(1000)
}

fn carried(n: u32) -> RunSync<impl Job<Output = u32>, impl Route> {
    run_sync(move || seen(n)).with_local(&NUMBER)
}

fn shielded(n: u32) -> RunSync<impl Job<Output = u32>, impl Route> {
    run_sync(move || n * 2).shielded()
}

fn both(n: u32, add: u32) -> RunSync<impl Job<Output = u32>, impl Route> {
    run_sync(move || seen(n + add)).with_local(&NUMBER).shielded()
}

fn checked(n: u32) -> RunSync<impl Job<Output = Result<u32, String>>, impl Route> {
    let check = move || if n < 10 { Ok(seen(n)) } else { Err(format!("{n} is too large")) };
    run_sync(check).with_local(&NUMBER)
}

fn plain(n: u32) -> RunSync<impl Job<Output = u32>> {
    run_sync(move || n + 1)
}

fn add_one(n: u32) -> u32 {
    n + 1
}

async fn later(n: u32) -> u32 {
    tokio::task::yield_now().await;
    n + 1
}

#[tokio::test]
async fn it_is_sync_and_one_hop() {
    assert!(!is_async!(carried) && !is_async!(shielded) && !is_async!(both));
    let callable = callable!(shielded);
    assert_eq!((callable.is_async(), callable.hops()), (false, 1));
    assert_eq!(callable.call(2).await, 4);
    let boxed: BoxCallable<u32, u32> = callable.boxed();
    assert_eq!((boxed.is_async(), boxed.hops()), (false, 1));
    assert_eq!(boxed.call(2).await, 4);
}

#[tokio::test]
async fn its_work_sees_the_local_of_who_awaits_the_callable() {
    let (one, two) = (callable!(carried), callable!(both));
    let made_outside = one.call(1);
    NUMBER
        .scope(7, async move {
            assert_eq!(one.call(1).await, 8);
            assert_eq!(one.clone().boxed().call(1).await, 8);
            assert_eq!(two.call((1, 1)).await, 9);
            assert_eq!(made_outside.await, 8);
            assert_eq!(callable!(one).call(1).await, 8);
        })
        .await;
    assert_eq!(callable!(carried).call(1).await, 1001);
}

#[tokio::test]
async fn inline_calls_it_here_and_blocking_changes_nothing() {
    let (inline, blocking) = (callable!(inline(carried)), callable!(blocking(carried)));
    assert_eq!((inline.hops(), blocking.hops()), (0, 1));
    assert!(!inline.is_async() && !blocking.is_async());
    let seen = async { (inline.call(1).await, blocking.call(1).await) };
    assert_eq!(NUMBER.scope(7, seen).await, (8, 8));
    assert_eq!(callable!(inline(both)).call((1, 2)).await, 1003);
    assert_eq!(callable!(blocking(shielded)).call(2).await, 4);
}

#[tokio::test]
async fn its_neighbours_in_a_pipeline_do_not_fuse_with_it() {
    let p = pipeline!(add_one, carried, add_one);
    assert_eq!(
        p.to_string(),
        "\
1. add_one  sync    hop 1
2. carried  sync    hop 2
3. add_one  sync    hop 3"
    );
    assert_eq!((p.hops(), p.is_async()), (3, false));
    assert_eq!(NUMBER.scope(7, p.call(0)).await, 9);
    assert_eq!(p.call(0).await, 1002);
}

#[tokio::test]
async fn two_of_them_are_two_hops_and_plain_calls_still_fuse() {
    assert_eq!(pipeline!(carried, shielded).hops(), 2);
    assert_eq!(pipeline!(plain, plain, add_one).hops(), 1);
    let p = pipeline!(
        plain,
        add_one,
        inline(carried),
        blocking(shielded),
        later,
        inline(carried),
        carried,
    );
    assert_eq!(
        p.to_string(),
        "\
1. plain               sync    hop 1
2. add_one             sync    hop 1
3. inline(carried)     inline  hop 1
4. blocking(shielded)  sync    hop 2
5. later               async   in place
6. inline(carried)     inline  in place
7. carried             sync    hop 3"
    );
    assert_eq!(p.hops(), 3);
    // Inline, it sees what its thread sees: nothing on the pool.
    assert_eq!(NUMBER.scope(7, p.call(0)).await, (2 + 1000) * 2 + 1 + 7 + 7);
}

#[tokio::test]
async fn its_result_may_be_asked_with_a_question_mark() {
    let p = pipeline!(checked?, add_one, checked?, later);
    assert_eq!(p.hops(), 3);
    assert_eq!(NUMBER.scope(1, p.call(1)).await, Ok(5));
    assert_eq!(NUMBER.scope(1, p.call(10)).await, Err("10 is too large".to_owned()));
    assert_eq!(NUMBER.scope(8, p.call(1)).await, Err("10 is too large".to_owned()));
}

/// Runtimes of both flavours whose blocking pool has a single thread.
fn with_one_blocking_thread(test: impl Fn(&Runtime)) {
    for mut builder in [Builder::new_current_thread(), Builder::new_multi_thread()] {
        test(&builder.max_blocking_threads(1).build().unwrap());
    }
}

/// Holds the only thread until the sender is dropped; returns once it is held.
fn hold(runtime: &Runtime) -> mpsc::Sender<()> {
    let (release, released) = mpsc::channel();
    let (started, has_started) = mpsc::channel();
    runtime.spawn_blocking(move || {
        started.send(()).unwrap();
        let _ = released.recv();
    });
    has_started.recv().unwrap();
    release
}

fn is_pending(call: &mut (impl Future + Unpin)) -> bool {
    call.poll_unpin(&mut Context::from_waker(Waker::noop())).is_pending()
}

/// A call that sends `what` and the number that it sees, and is shielded.
fn sends(log: mpsc::Sender<u32>, n: u32) -> RunSync<impl Job<Output = u32>, impl Route> {
    run_sync(move || {
        log.send(seen(n)).unwrap();
        n
    })
    .with_local(&NUMBER)
    .shielded()
}

#[test]
fn it_is_still_shielded_as_a_callable() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let (log, sent) = mpsc::channel();
        let callable = callable!(move |n: u32| sends(log.clone(), n));
        let mut calls = [
            callable.call(1).boxed(),
            callable.clone().boxed().call(2).boxed(),
            callable!(callable).call(3).boxed(),
        ];
        let held = hold(runtime);
        assert!(NUMBER.sync_scope(7, || calls.iter_mut().all(is_pending)));
        drop((calls, held));
        assert_eq!(sent.iter().collect::<Vec<_>>(), [8, 9, 10]);
    });
}

#[test]
fn it_is_still_shielded_between_the_stages_of_a_pipeline() {
    with_one_blocking_thread(|runtime| {
        let _context = runtime.enter();
        let (log, sent) = mpsc::channel();
        let after = log.clone();
        let p = pipeline!(add_one, move |n| sends(log.clone(), n), move |n| after.send(n).unwrap());
        assert_eq!(p.hops(), 3);
        let mut call = p.call(0).boxed();
        let mut is_pending = || NUMBER.sync_scope(7, || is_pending(&mut call));

        let held = hold(runtime);
        assert!(is_pending());
        drop(held);
        // The first stage has run once the thread is held again.
        let held = hold(runtime);
        assert!(is_pending());
        drop((call, p, held));
        assert_eq!(sent.iter().collect::<Vec<_>>(), [8], "and the stage behind it never runs");
    });
}
