//! `IntoCallable`: bare functions of either colour.

#![allow(clippy::unnecessary_wraps, reason = "the receiver asks for a `Result`")]

use std::future::Future;
use std::thread::{ThreadId, current};

use futures::future::BoxFuture;
use lionpride_concurrency::{BoxCallable, Callable, IntoCallable, callable, dispatch, pipeline};

type Where = Result<ThreadId, u8>;
type Eight = (u8, u8, u8, u8, u8, u8, u8, u8);

fn sync(_: String) -> Where {
    Ok(current().id())
}

async fn asynchronous(_: String) -> Where {
    Ok(current().id())
}

fn generic<T: Send>(_: T) -> Where {
    Ok(current().id())
}

fn boxed_future(_: String) -> BoxFuture<'static, Where> {
    Box::pin(async { Ok(current().id()) })
}

fn some_future(text: String) -> impl Future<Output = Where> + Send {
    asynchronous(text)
}

#[dispatch]
fn dispatched(_: String) -> Where {
    Ok(current().id())
}

#[dispatch]
async fn dispatched_async(_: String) -> Where {
    Ok(current().id())
}

fn tool<M>(f: impl IntoCallable<String, Where, M>) -> BoxCallable<String, Where> {
    f.into_callable().boxed()
}

/// Whether the function is async, and whether a call of it hops.
async fn is<M>(f: impl IntoCallable<String, Where, M>) -> (bool, bool) {
    let tool = tool(f);
    let place = tool.call("a".to_owned()).await.unwrap();
    (tool.is_async(), place != current().id())
}

const SYNC: (bool, bool) = (false, true);
const ASYNC: (bool, bool) = (true, false);

#[tokio::test]
async fn the_result_tells_the_colour() {
    let captured = String::from("captured");
    let (a, b) = (captured.clone(), captured);
    let pointer: fn(String) -> Where = sync;
    assert_eq!(is(sync).await, SYNC);
    assert_eq!(is(generic).await, SYNC);
    assert_eq!(is(pointer).await, SYNC);
    assert_eq!(is(move |_: String| (a.len(), sync(String::new())).1).await, SYNC);
    assert_eq!(is(asynchronous).await, ASYNC);
    assert_eq!(is(boxed_future).await, ASYNC);
    assert_eq!(is(some_future).await, ASYNC);
    assert_eq!(is(dispatched_async).await, ASYNC);
    assert_eq!(is(|text: String| async move { asynchronous(text).await }).await, ASYNC);
    assert_eq!(is(async |text: String| asynchronous(text).await).await, ASYNC);
    let owns = move |_: String| {
        let b = b.clone();
        async move { (b.len(), asynchronous(b).await).1 }
    };
    assert_eq!(is(owns).await, ASYNC);
}

#[tokio::test]
async fn a_callable_is_what_it_is() {
    assert_eq!(is(callable!(sync)).await, SYNC);
    assert_eq!(is(callable!(dispatched)).await, SYNC);
    assert_eq!(is(callable!(asynchronous).boxed()).await, ASYNC);
    assert_eq!(is(callable!(inline(sync))).await, (false, false));
    assert_eq!(is(pipeline!(|text: String| text.len(), |_| sync(String::new())?)).await, SYNC);
}

/// Its future hops, and is all that a bound can see.
#[tokio::test]
async fn a_dispatched_function_counts_as_async_and_hops_by_itself() {
    assert_eq!(is(dispatched).await, (true, true));
}

#[tokio::test]
async fn every_number_of_arguments_fits() {
    async fn call<In, M>(f: impl IntoCallable<In, u8, M>, input: In) -> u8 {
        f.into_callable().call(input).await
    }
    #[allow(clippy::too_many_arguments, clippy::many_single_char_names, reason = "eight")]
    async fn eight(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8) -> u8 {
        a + b + c + d + e + f + g + h
    }
    assert_eq!(call(|| 1, ()).await, 1);
    assert_eq!(call(|| async { 1 }, ()).await, 1);
    assert_eq!(call(|a: u8, b: u8| a + b, (1, 2)).await, 3);
    assert_eq!(call(|pair: (u8, u8)| pair.0 + pair.1, (1, 2)).await, 3);
    assert_eq!(call(async |a: u8, b: u8| a + b, (1, 2)).await, 3);
    assert_eq!(call(eight, Eight::default()).await, 0);
}

/// Generic code decides nothing, and need not: whoever calls it does.
#[tokio::test]
async fn the_input_may_be_generic() {
    fn both<In: Clone + Send + 'static, M, N>(
        f: impl IntoCallable<In, usize, M>,
        g: impl IntoCallable<In, usize, N>,
    ) -> impl Callable<In, Output = usize> {
        let (f, g) = (f.into_callable(), g.into_callable());
        callable!(move |input: In| {
            let (f, g) = (f.clone(), g.clone());
            async move { f.call(input.clone()).await + g.call(input).await }
        })
    }
    let sum = both(|text: &'static str| text.len(), async |text: &'static str| text.len());
    assert_eq!(sum.call("abc").await, 6);
}
