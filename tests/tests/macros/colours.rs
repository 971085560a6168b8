//! One row a kind of thing that can be called: whether it is async, and where it runs.
//!
//! Every function returns the thread it runs on. The runtime is a current-thread one, so that
//! whatever runs on another thread has hopped.

use std::future::Future;
use std::pin::Pin;
use std::thread::{ThreadId, current};

use futures::future::BoxFuture;
use lionpride_concurrency::{
    BoxCallable, Callable, Job, Route, RunSync, callable, dispatch, is_async, pipeline, run_sync,
};

mod elsewhere {
    use std::thread::{ThreadId, current};

    pub(crate) fn sync(_: u32) -> ThreadId {
        current().id()
    }

    pub(crate) async fn asynchronous(_: u32) -> ThreadId {
        current().id()
    }
}

type Eight = (u8, u8, u8, u8, u8, u8, u8, u8);

fn sync(_: u32) -> ThreadId {
    current().id()
}

async fn asynchronous(_: u32) -> ThreadId {
    current().id()
}

fn nothing() -> ThreadId {
    current().id()
}

async fn nothing_async() -> ThreadId {
    current().id()
}

fn pair(_: u8, _: &'static str) -> ThreadId {
    current().id()
}

fn tuple(_: (u8, u8)) -> ThreadId {
    current().id()
}

#[allow(clippy::too_many_arguments, reason = "eight is the most that a callable takes")]
fn eight(_: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8) -> ThreadId {
    current().id()
}

#[allow(clippy::too_many_arguments, reason = "eight is the most that a callable takes")]
async fn eight_async(_: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8, _: u8) -> ThreadId {
    current().id()
}

fn generic<T>(_: T) -> ThreadId {
    current().id()
}

async fn generic_async<T>(_: T) -> ThreadId {
    current().id()
}

fn boxed_future(_: u32) -> BoxFuture<'static, ThreadId> {
    Box::pin(async { current().id() })
}

fn pinned_future(_: u32) -> Pin<Box<dyn Future<Output = ThreadId> + Send>> {
    Box::pin(async { current().id() })
}

fn some_future(n: u32) -> impl Future<Output = ThreadId> {
    asynchronous(n)
}

#[dispatch]
fn dispatched(_: u32) -> ThreadId {
    current().id()
}

#[dispatch]
async fn dispatched_async(_: u32) -> ThreadId {
    current().id()
}

#[dispatch(inline)]
fn dispatched_inline(_: u32) -> ThreadId {
    current().id()
}

#[dispatch]
fn dispatched_pair(_: u8, _: String) -> ThreadId {
    current().id()
}

tokio::task_local! {
    static NUMBER: u32;
}

fn plain_call(_: u32) -> RunSync<impl Job<Output = ThreadId>> {
    run_sync(|| current().id())
}

fn shielded(_: u32) -> RunSync<impl Job<Output = ThreadId>, impl Route> {
    run_sync(|| current().id()).shielded()
}

fn with_local(_: u8, _: String) -> RunSync<impl Job<Output = ThreadId>, impl Route> {
    run_sync(|| current().id()).with_local(&NUMBER)
}

fn with_both() -> RunSync<impl Job<Output = ThreadId>, impl Route> {
    run_sync(|| current().id()).with_local(&NUMBER).shielded()
}

struct Store(ThreadId);

impl Store {
    fn get(mut self, _: u32) -> ThreadId {
        self.0 = current().id();
        self.0
    }

    async fn get_async(mut self, _: u32) -> ThreadId {
        tokio::task::yield_now().await;
        self.0 = current().id();
        self.0
    }

    fn open(_: u32) -> ThreadId {
        current().id()
    }
}

trait Load {
    fn load(_: u32) -> ThreadId;
    fn load_async(_: u32) -> impl Future<Output = ThreadId> + Send;
}

impl Load for Store {
    fn load(_: u32) -> ThreadId {
        current().id()
    }

    async fn load_async(_: u32) -> ThreadId {
        current().id()
    }
}

/// Whether `call` ran on another thread than this one.
async fn hopped<C: Callable<In, Output = ThreadId>, In>(callable: C, input: In) -> bool {
    callable.call(input).await != current().id()
}

macro_rules! table {
    ($($colour:ident, $where:ident: $function:expr, $input:expr;)*) => {$({
        let row = stringify!($function);
        let is_async = stringify!($colour) == "asynchronous";
        let hops = stringify!($where) == "hops";
        assert_eq!(is_async!($function), is_async, "is_async!({row})");
        let callable = callable!($function);
        assert_eq!(callable.is_async(), is_async, "the callable of {row}");
        assert_eq!(callable.hops() > 0, hops, "the hops of {row}");
        assert_eq!(hopped(callable.clone(), $input).await, hops, "a call of {row}");
        assert_eq!(hopped(callable.boxed(), $input).await, hops, "a boxed call of {row}");
    })*};
}

#[tokio::test]
async fn every_kind_of_callable_has_its_colour() {
    let captured = String::from("captured");
    let (a, b, c) = (captured.clone(), captured.clone(), captured);
    let in_a_variable = |_: u32| current().id();
    let pointer: fn(u32) -> ThreadId = sync;
    let future_pointer: fn(u32) -> BoxFuture<'static, ThreadId> = boxed_future;
    let boxed_fn = || -> Box<dyn Fn(u32) -> ThreadId + Send + Sync> { Box::new(sync) };
    let boxed: BoxCallable<u32, ThreadId> = callable!(sync).boxed();
    let boxed_async: BoxCallable<u32, ThreadId> = callable!(asynchronous).boxed();

    table! {
        sync, hops: sync, 1;
        asynchronous, stays: asynchronous, 1;
        sync, hops: elsewhere::sync, 1;
        asynchronous, stays: elsewhere::asynchronous, 1;
        sync, hops: nothing, ();
        asynchronous, stays: nothing_async, ();
        sync, hops: pair, (1, "a");
        sync, hops: tuple, (1, 2);
        sync, hops: eight, Eight::default();
        asynchronous, stays: eight_async, Eight::default();
        sync, hops: generic::<u32>, 1;
        asynchronous, stays: generic_async::<String>, String::new();
        sync, hops: Store::open, 1;
        sync, hops: Store::get, (Store(current().id()), 1);
        asynchronous, stays: Store::get_async, (Store(current().id()), 1);
        sync, hops: <Store as Load>::load, 1;
        asynchronous, stays: <Store as Load>::load_async, 1;
        asynchronous, stays: boxed_future, 1;
        asynchronous, stays: pinned_future, 1;
        asynchronous, stays: some_future, 1;
        sync, hops: dispatched, 1;
        sync, hops: dispatched_pair, (1, String::new());
        asynchronous, stays: dispatched_async, 1;
        asynchronous, stays: dispatched_inline, 1;
        sync, hops: plain_call, 1;
        sync, hops: shielded, 1;
        sync, hops: with_local, (1, String::new());
        sync, hops: with_both, ();
        sync, hops: |n: u32| shielded(n), 1;
        sync, hops: pointer, 1;
        asynchronous, stays: future_pointer, 1;
        sync, hops: boxed_fn(), 1;
        sync, hops: in_a_variable, 1;
        sync, hops: |_: u32| current().id(), 1;
        sync, hops: || current().id(), ();
        sync, hops: |_: u8, _: u8| current().id(), (1, 2);
        asynchronous, stays: |_: u32| async { current().id() }, 1;
        asynchronous, stays: async |_: u32| current().id(), 1;
        asynchronous, stays: async || current().id(), ();
        asynchronous, stays: async |_: u8, _: u8| current().id(), (1, 2);
        sync, hops: boxed.clone(), 1;
        asynchronous, stays: boxed_async.clone(), 1;
        sync, hops: callable!(sync), 1;
        sync, hops: callable!(shielded), 1;
        asynchronous, stays: callable!(asynchronous), 1;
        sync, hops: pipeline!(sync), 1;
        sync, hops: pipeline!(shielded), 1;
        asynchronous, stays: pipeline!(asynchronous), 1;
        sync, stays: inline(sync), 1;
        sync, stays: inline(dispatched), 1;
        sync, stays: inline(shielded), 1;
        sync, stays: inline(with_local), (1, String::new());
        sync, stays: inline(|_: u32| current().id()), 1;
        sync, hops: blocking(sync), 1;
        sync, hops: blocking(dispatched), 1;
        sync, hops: blocking(shielded), 1;
        sync, hops: blocking(with_both), ();
    }

    // A closure that moves its captures can be written down only once.
    assert!(hopped(callable!(move |_: u32| (a.len(), current().id()).1), 1).await);
    let future = callable!(move |_: u32| {
        let b = b.clone();
        async move { (b.len(), current().id()).1 }
    });
    assert!(!hopped(future, 1).await);
    let lends = callable!(async move |_: u32| {
        let borrowed: &str = &c;
        tokio::task::yield_now().await;
        (borrowed.len(), current().id()).1
    });
    assert!(!hopped(lends, 1).await);
}

#[test]
fn foreign_functions_have_their_colour() {
    assert!(!is_async!(String::len));
    assert!(!is_async!(std::fs::read::<&'static str>));
    assert!(!is_async!(std::fs::read_to_string::<std::path::PathBuf>));
    assert!(!is_async!(u32::from_str_radix));
    assert!(!is_async!(Some::<u32>));
    assert!(is_async!(tokio::task::yield_now));
    assert!(is_async!(tokio::time::sleep));
    assert!(is_async!(std::future::ready::<u32>));
    assert!(is_async!(lionpride_concurrency::sleep::<f64>));
    assert!(!is_async!(lionpride_concurrency::current_time));
}

#[test]
fn asking_for_the_colour_neither_calls_nor_moves() {
    let owned = String::from("still here");
    let closure = move |_: u32| -> usize { panic!("{owned} was called") };
    assert!(!is_async!(closure));
    let again = is_async!(closure);
    assert!(!again);
}

#[test]
fn the_colour_of_what_cannot_leave_its_thread_is_known_too() {
    let shared = std::rc::Rc::new(1);
    assert!(!is_async!(|n: u32| n + *shared));
}
