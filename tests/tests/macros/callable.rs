//! Values that are callables: calling, cloning, sharing, boxing.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lionpride_concurrency::{BoxCallable, Callable, callable, dispatch};

fn connect(host: &'static str, port: u16) -> String {
    format!("{host}:{port}")
}

async fn double(n: u32) -> u32 {
    tokio::task::yield_now().await;
    n * 2
}

#[dispatch]
fn square(n: u32) -> u32 {
    n * n
}

#[tokio::test]
async fn the_input_is_the_argument_or_the_tuple_of_them() {
    assert_eq!(callable!(double).call(5).await, 10);
    assert_eq!(callable!(connect).call(("db", 5432)).await, "db:5432");
    assert_eq!(callable!(|| 7).call(()).await, 7);
    assert_eq!(callable!(|pair: (u8, u8)| pair.0 + pair.1).call((1, 2)).await, 3);
}

#[tokio::test]
async fn generic_code_takes_either_colour() {
    async fn sum<C: Callable<u32, Output = u32>>(c: C, items: Vec<u32>) -> u32 {
        let calls: Vec<_> = items.into_iter().map(|n| tokio::spawn(c.call(n))).collect();
        futures::future::join_all(calls).await.into_iter().map(Result::unwrap).sum()
    }
    assert_eq!(sum(callable!(double), vec![1, 2, 3]).await, 12);
    assert_eq!(sum(callable!(square), vec![1, 2, 3]).await, 14);
    assert_eq!(sum(callable!(|n: u32| n), vec![1, 2, 3]).await, 6);
}

#[tokio::test]
async fn a_call_outlives_its_callable() {
    let call = {
        let callable = callable!(square);
        callable.call(3)
    };
    assert_eq!(call.await, 9);
}

#[tokio::test]
async fn what_a_closure_captured_is_shared_and_never_cloned() {
    struct NotClone(AtomicUsize);
    let counted = Arc::new(NotClone(AtomicUsize::new(0)));
    let seen = Arc::clone(&counted);
    let owns = NotClone(AtomicUsize::new(0));
    let callable = callable!(move |n: usize| {
        owns.0.fetch_add(n, Ordering::SeqCst);
        counted.0.fetch_add(n, Ordering::SeqCst);
        owns.0.load(Ordering::SeqCst)
    });
    let copy = callable.clone();
    callable.call(2).await;
    assert_eq!(copy.call(3).await, 5);
    assert_eq!(seen.0.load(Ordering::SeqCst), 5);
}

#[tokio::test]
async fn boxed_callables_of_both_colours_share_a_type() {
    let mut handlers: HashMap<&str, BoxCallable<u32, u32>> = HashMap::new();
    handlers.insert("double", callable!(double).boxed());
    handlers.insert("square", callable!(square).boxed());
    handlers.insert("inline", callable!(inline(|n: u32| n + 1)).boxed());
    let calls = [("double", true, 0), ("square", false, 1), ("inline", false, 0)];
    for (name, is_async, hops) in calls {
        let handler = handlers[name].clone();
        assert_eq!((handler.is_async(), handler.hops()), (is_async, hops), "{name}");
    }
    assert_eq!(handlers["double"].call(5).await, 10);
    assert_eq!(handlers["square"].clone().boxed().call(5).await, 25);
    assert_eq!(callable!(handlers["inline"].clone()).call(5).await, 6);
}

#[tokio::test]
async fn an_async_callable_is_no_larger_than_its_future() {
    let callable = callable!(double);
    let (ours, plain) = (size_of_val(&callable.call(1)), size_of_val(&double(1)));
    assert!(ours <= plain + size_of::<usize>(), "{ours} against {plain}");
}

#[tokio::test]
async fn a_call_with_static_borrows_can_be_spawned_from_a_task() {
    let callable = callable!(connect);
    let task = tokio::spawn(async move { callable.call(("db", 1)).await });
    assert_eq!(task.await.unwrap(), "db:1");
}
