//! What the public types may be used for: `Send`, `Sync`, `Unpin` and `Debug`, type by type.

use std::cell::Cell;
use std::fmt::Debug;
use std::future::{Future, Ready};
use std::iter;
use std::marker::{PhantomData, PhantomPinned};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::Stream;
use lionpride_concurrency::{
    AsCompleted, BoxCallable, Callable, Cancelled, Dedicated, FailAfter, Gather, Job, Limiter,
    MoveOnAfter, On, Pool, Race, Reserved, Route, RunSync, RunSyncError, Saturated, Shield,
    Shielded, Stats, Task, TimedOut, TryGather, WithLocal, bounded_map, callable, pipeline,
    poll_until, poll_until_with, run_sync, sleep, sleep_until, stream_sync, try_bounded_map,
};

/// Answers by method lookup: an inherent method, whose bound must hold, wins over a trait's.
struct Probe<T>(PhantomData<T>);

fn probe<T>(_: &T) -> Probe<T> {
    Probe(PhantomData)
}

macro_rules! questions {
    ($($question:ident $no:ident $bound:ident;)*) => {$(
        impl<T: $bound> Probe<T> {
            fn $question(&self) -> bool {
                true
            }
        }

        trait $no {
            fn $question(&self) -> bool;
        }

        impl<T> $no for Probe<T> {
            fn $question(&self) -> bool {
                false
            }
        }
    )*};
}

questions! {
    is_send NotSend Send;
    is_sync NotSync Sync;
    is_unpin NotUnpin Unpin;
    is_debug NotDebug Debug;
}

macro_rules! traits_of {
    (type $T:ty) => {
        traits_of!(@ Probe::<$T>(PhantomData))
    };
    ($value:expr) => {
        traits_of!(@ probe(&$value))
    };
    (@ $probe:expr) => {{
        let probe = $probe;
        let traits = [
            ("Send", probe.is_send()),
            ("Sync", probe.is_sync()),
            ("Unpin", probe.is_unpin()),
            ("Debug", probe.is_debug()),
        ];
        traits.into_iter().filter_map(|(name, has)| has.then_some(name)).collect::<Vec<_>>()
    }};
}

#[test]
fn the_table_tells_yes_from_no() {
    assert_eq!(traits_of!(1), ["Send", "Sync", "Unpin", "Debug"]);
    assert_eq!(traits_of!(Cell::new(1)), ["Send", "Unpin", "Debug"]);
    assert_eq!(traits_of!((Rc::new(1), || 1)), ["Unpin"]);
    assert_eq!(traits_of!(PhantomPinned), ["Send", "Sync", "Debug"]);
    assert_eq!(traits_of!(type Cell<u32>), ["Send", "Unpin", "Debug"]);
}

#[test]
fn a_sleep_is_send_and_sync() {
    assert_eq!(traits_of!(sleep(1)), ["Send", "Sync", "Debug"]);
    assert_eq!(traits_of!(sleep_until(1.0)), ["Send", "Sync", "Debug"]);
}

// Each value is made by a function of its own: a closure's captures are not known yet where it is
// written.

fn call() -> RunSync<impl Job> {
    run_sync(|| 1)
}

fn call_with_a_cell() -> RunSync<impl Job> {
    let captured = Cell::new(1);
    run_sync(move || captured.get())
}

fn call_with_a_pin() -> RunSync<impl Job> {
    let captured = PhantomPinned;
    run_sync(move || captured)
}

fn call_for_a_cell() -> RunSync<impl Job> {
    run_sync(|| Cell::new(1))
}

/// As much as its job is, and always `Send` and `Unpin`.
#[test]
fn a_call_is_send_and_unpin() {
    assert_eq!(traits_of!(call()), ["Send", "Sync", "Unpin", "Debug"]);
    assert_eq!(traits_of!(call_with_a_cell()), ["Send", "Unpin", "Debug"]);
    assert_eq!(traits_of!(call_with_a_pin()), ["Send", "Sync", "Unpin", "Debug"]);
    // The result is not looked at from two threads.
    assert_eq!(traits_of!(call_for_a_cell()), ["Send", "Sync", "Unpin", "Debug"]);
}

#[test]
fn a_call_for_its_result_is_what_the_call_is() {
    assert_eq!(traits_of!(call().into_result()), traits_of!(call()));
    assert_eq!(traits_of!(call_with_a_cell().into_result()), traits_of!(call_with_a_cell()));
    assert_eq!(traits_of!(call_with_a_pin().into_result()), traits_of!(call_with_a_pin()));
    assert_eq!(traits_of!(call_for_a_cell().into_result()), traits_of!(call_for_a_cell()));
}

tokio::task_local! {
    static CELL: Cell<u32>;
}

fn shielded() -> RunSync<impl Job, Shielded<Pool>> {
    call().shielded()
}

fn shielded_with_a_cell() -> RunSync<impl Job, Shielded<Pool>> {
    call_with_a_cell().shielded()
}

fn with_local() -> RunSync<impl Job, WithLocal<Pool, Cell<u32>>> {
    call().with_local(&CELL)
}

fn with_local_with_a_cell() -> RunSync<impl Job, WithLocal<Pool, Cell<u32>>> {
    call_with_a_cell().with_local(&CELL)
}

fn unnamed() -> RunSync<impl Job, impl Route> {
    call().with_local(&CELL).shielded()
}

/// A dispatcher holds a key at most, never its value.
#[test]
fn a_dispatcher_is_everything() {
    let all = ["Send", "Sync", "Unpin", "Debug"];
    assert_eq!(traits_of!(Pool), all);
    assert_eq!(traits_of!(type Shielded<Pool>), all);
    assert_eq!(traits_of!(type WithLocal<Pool, Cell<u32>>), all);
    assert_eq!(traits_of!(type Shielded<WithLocal<Pool, Cell<u32>>>), all);
    assert_eq!(traits_of!(type WithLocal<Shielded<Pool>, Cell<u32>>), all);
}

/// What lives on a thread of its own need not be anything.
#[test]
fn where_calls_run_is_everything() {
    let all = ["Send", "Sync", "Unpin", "Debug"];
    assert_eq!(traits_of!(type Limiter), all);
    assert_eq!(traits_of!(type Dedicated<Rc<Cell<u32>>>), all);
    assert_eq!(traits_of!(type Dedicated<PhantomPinned>), all);
    #[cfg(feature = "rayon")]
    assert_eq!(traits_of!(type lionpride_concurrency::Rayon), all);
    assert_eq!(traits_of!(type On<Limiter>), all);
    assert_eq!(traits_of!(type On<Dedicated<Rc<u32>>>), all);
    assert_eq!(traits_of!(type Shielded<On<Limiter>>), all);
    assert_eq!(traits_of!(type WithLocal<On<Dedicated<Rc<u32>>>, Cell<u32>>), all);
    assert_eq!(traits_of!(type Reserved), all);
    assert_eq!(traits_of!(type Saturated), all);
    assert_eq!(traits_of!(type Stats), all);
}

/// It goes from thread to thread, and is run once.
#[test]
fn a_task_is_everything() {
    assert_eq!(traits_of!(type Task), ["Send", "Sync", "Unpin", "Debug"]);
}

fn on_a_limiter() -> RunSync<impl Job, On<Limiter>> {
    call().on(&Limiter::new("one", 1))
}

fn on_a_limiter_with_a_cell() -> RunSync<impl Job, On<Limiter>> {
    call_with_a_cell().on(&Limiter::new("one", 1))
}

fn on_a_dedicated_thread() -> RunSync<impl Job, On<Dedicated<Rc<u32>>>> {
    Dedicated::new("one", || Rc::new(1)).call(|one| **one)
}

fn reserved() -> RunSync<impl Job, Reserved> {
    Limiter::new("one", 1).try_run(|| 1).unwrap()
}

#[test]
fn a_call_is_what_it_was_wherever_it_runs() {
    assert_eq!(traits_of!(on_a_limiter()), traits_of!(call()));
    assert_eq!(traits_of!(on_a_limiter_with_a_cell()), traits_of!(call_with_a_cell()));
    assert_eq!(traits_of!(on_a_limiter().into_result()), traits_of!(call()));
    assert_eq!(traits_of!(on_a_dedicated_thread()), traits_of!(call()));
    assert_eq!(traits_of!(reserved()), traits_of!(call()));
}

#[test]
fn a_call_is_what_it_was_whatever_is_added_to_it() {
    assert_eq!(traits_of!(shielded()), traits_of!(call()));
    assert_eq!(traits_of!(with_local()), traits_of!(call()));
    assert_eq!(traits_of!(unnamed()), traits_of!(call()));
    assert_eq!(traits_of!(shielded_with_a_cell()), traits_of!(call_with_a_cell()));
    assert_eq!(traits_of!(with_local_with_a_cell()), traits_of!(call_with_a_cell()));
    assert_eq!(traits_of!(shielded().into_result()), traits_of!(call()));
    assert_eq!(traits_of!(unnamed().into_result()), traits_of!(call()));
    assert_eq!(traits_of!(with_local_with_a_cell().into_result()), ["Send", "Unpin", "Debug"]);
}

/// Code that is generic over the dispatcher can spawn the call.
#[test]
fn a_call_of_any_dispatcher_is_send_and_unpin() {
    fn take<J: Job, D: Route>(call: RunSync<J, D>) -> impl Send + Unpin {
        call
    }
    drop((take(call()), take(unnamed())));
}

fn stream() -> impl Stream<Item = i32> {
    stream_sync(|| iter::once(Rc::new(1)).map(|one| *one), 1)
}

fn stream_with_a_cell() -> impl Stream<Item = i32> {
    let captured = Cell::new(1);
    stream_sync(move || [captured.get()], 1)
}

fn stream_of_cells() -> impl Stream<Item = Cell<i32>> {
    stream_sync(|| [Cell::new(1)], 1)
}

/// The iterator never leaves its thread: it need not be anything.
#[test]
fn a_stream_is_send_and_unpin_whatever_its_iterator_is() {
    assert_eq!(traits_of!(stream()), ["Send", "Unpin"]);
    assert_eq!(traits_of!(stream_with_a_cell()), ["Send", "Unpin"]);
    assert_eq!(traits_of!(stream_of_cells()), ["Send", "Unpin"]);
}

async fn asynchronous(n: u32) -> u32 {
    n
}

fn sync(n: u32) -> u32 {
    n
}

fn fallible(n: u32) -> Result<u32, u32> {
    if n > 0 { Ok(n) } else { Err(n) }
}

fn boxed(_: &'static str) -> BoxCallable<Cell<u32>, Cell<u32>> {
    callable!(|cell: Cell<u32>| cell).boxed()
}

fn with_a_cell() -> impl Callable<u32, Output = Cell<u32>> {
    callable!(|n: u32| Cell::new(n))
}

/// Callables are shared between threads; what they take and give need only be sent.
#[test]
fn a_callable_is_everything() {
    let all = ["Send", "Sync", "Unpin", "Debug"];
    assert_eq!(traits_of!(callable!(sync)), all);
    assert_eq!(traits_of!(callable!(inline(sync))), all);
    assert_eq!(traits_of!(callable!(asynchronous)), all);
    assert_eq!(traits_of!(callable!(|_: u32| unnamed())), all);
    assert_eq!(traits_of!(boxed("")), all);
    assert_eq!(traits_of!(pipeline!(sync, asynchronous, |n| Cell::new(n + 1))), all);
}

/// `Send` always, and for the rest as much as the function's own future.
#[test]
fn the_future_of_a_call_is_send() {
    assert_eq!(traits_of!(callable!(sync).call(1)), ["Send", "Sync", "Unpin"]);
    assert_eq!(traits_of!(with_a_cell().call(1)), ["Send"]);
    assert_eq!(traits_of!(callable!(|_: u32| shielded()).call(1)), ["Send", "Sync", "Unpin"]);
    assert_eq!(traits_of!(callable!(asynchronous).call(1)), ["Send", "Sync"]);
    assert_eq!(traits_of!(callable!(inline(sync)).call(1)), ["Send", "Sync"]);
    assert_eq!(traits_of!(boxed("").call(Cell::new(1))), ["Send", "Unpin"]);
    let mixed = pipeline!(sync, asynchronous);
    assert_eq!(traits_of!(mixed.call(1)), ["Send", "Sync"]);
    assert_eq!(traits_of!(pipeline!(mixed.clone()).call(1)), ["Send", "Sync"]);
    assert_eq!(traits_of!(mixed.observed(|_| ()).call(1)), ["Send"]);
    assert_eq!(traits_of!(pipeline!(fallible?).traced().call(1)), ["Send"]);
}

#[test]
fn the_streams_of_a_pipeline_are_send_and_unpin() {
    let pipeline = pipeline!(sync, asynchronous);
    let input = || futures::stream::iter([1, 2]);
    assert_eq!(traits_of!(pipeline.stream(input(), 2)), ["Send", "Sync", "Unpin"]);
    assert_eq!(traits_of!(pipeline.stream_unordered(input(), 2)), ["Send", "Sync", "Unpin"]);
    let pipeline = pipeline!(fallible?);
    assert_eq!(traits_of!(pipeline.try_stream(input(), 2)), ["Send", "Sync", "Unpin"]);
    assert_eq!(traits_of!(pipeline.try_stream_unordered(input(), 2)), ["Send", "Sync", "Unpin"]);
}

/// As `Box<dyn Any + Send>`, which `std::panic::catch_unwind` gives.
#[test]
fn an_error_is_send() {
    assert_eq!(traits_of!(RunSyncError::Shutdown), ["Send", "Unpin", "Debug"]);
}

/// As much as its future is, and always `Debug`; pinned, as its timer is.
#[test]
fn a_scope_is_what_its_future_is() {
    assert_eq!(traits_of!(type FailAfter<Ready<u32>>), ["Send", "Sync", "Debug"]);
    assert_eq!(traits_of!(type FailAfter<Ready<Cell<u32>>>), ["Send", "Debug"]);
    assert_eq!(traits_of!(type FailAfter<Ready<Rc<u32>>>), ["Debug"]);
    assert_eq!(traits_of!(type MoveOnAfter<Ready<u32>>), ["Send", "Sync", "Debug"]);
    assert_eq!(traits_of!(type MoveOnAfter<Ready<Cell<u32>>>), ["Send", "Debug"]);
    assert_eq!(traits_of!(type MoveOnAfter<Ready<Rc<u32>>>), ["Debug"]);
}

/// Its future is pinned in a task of its own.
#[test]
fn a_shield_is_unpin_whatever_its_future_is() {
    assert_eq!(traits_of!(type Shield<Ready<u32>>), ["Send", "Sync", "Unpin", "Debug"]);
    assert_eq!(traits_of!(type Shield<Ready<Cell<u32>>>), ["Send", "Unpin", "Debug"]);
    assert_eq!(traits_of!(type Shield<Pinned>), ["Send", "Sync", "Unpin", "Debug"]);
}

/// A future that is not `Unpin`.
struct Pinned(PhantomPinned);

impl Future for Pinned {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let PhantomPinned = self.0;
        Poll::Ready(())
    }
}

#[test]
fn the_errors_of_scopes_and_of_cancelled_work_are_everything() {
    assert_eq!(traits_of!(TimedOut), ["Send", "Sync", "Unpin", "Debug"]);
    assert_eq!(traits_of!(Cancelled), ["Send", "Sync", "Unpin", "Debug"]);
}

/// As much as their futures and outputs are, and always `Unpin`: the futures are on the heap.
#[test]
fn what_waits_for_many_is_what_they_are() {
    let all = ["Send", "Sync", "Unpin", "Debug"];
    assert_eq!(traits_of!(type Gather<Ready<u32>>), all);
    assert_eq!(traits_of!(type Gather<Ready<Cell<u32>>>), ["Send", "Unpin", "Debug"]);
    assert_eq!(traits_of!(type Gather<Ready<Rc<u32>>>), ["Unpin", "Debug"]);
    assert_eq!(traits_of!(type Gather<Pinned>), all);
    assert_eq!(traits_of!(type TryGather<Ready<Result<u32, ()>>, u32>), all);
    assert_eq!(traits_of!(type TryGather<Ready<Result<Rc<u32>, ()>>, Rc<u32>>), ["Unpin", "Debug"]);
    assert_eq!(traits_of!(type TryGather<Pinned, u32>), all);
    assert_eq!(traits_of!(type Race<Ready<u32>>), all);
    assert_eq!(traits_of!(type Race<Ready<Cell<u32>>>), ["Send", "Unpin", "Debug"]);
    assert_eq!(traits_of!(type Race<Ready<Rc<u32>>>), ["Unpin", "Debug"]);
    assert_eq!(traits_of!(type Race<Pinned>), all);
    assert_eq!(traits_of!(type AsCompleted<Ready<u32>>), all);
    assert_eq!(traits_of!(type AsCompleted<Ready<Cell<u32>>>), ["Send", "Unpin", "Debug"]);
    assert_eq!(traits_of!(type AsCompleted<Ready<Rc<u32>>>), ["Unpin", "Debug"]);
    assert_eq!(traits_of!(type AsCompleted<Pinned>), all);
}

/// `Send` always, whatever the function gives and the iterator is.
#[test]
fn a_bounded_map_is_send() {
    assert!(traits_of!(bounded_map([1], 1, callable!(sync))).contains(&"Send"));
    assert!(traits_of!(bounded_map([1], 1, with_a_cell())).contains(&"Send"));
    assert!(traits_of!(bounded_map([1], 1, pipeline!(sync, asynchronous))).contains(&"Send"));
    let shared = Rc::new(1);
    let items = (0..3).map(|n| n + *shared);
    assert!(traits_of!(bounded_map(items, 1, callable!(asynchronous))).contains(&"Send"));
    assert!(traits_of!(try_bounded_map([1], 1, callable!(fallible))).contains(&"Send"));
}

fn wait() -> impl Future<Output = ()> {
    let mut left = vec![(); 3];
    poll_until(1, async move || left.pop().is_none())
}

fn wait_with_an_rc() -> impl Future<Output = ()> {
    let shared = Rc::new(true);
    poll_until(1, async move || *shared)
}

fn wait_by_an_rc() -> impl Future<Output = bool> {
    let shared = Rc::new(Duration::ZERO);
    poll_until_with(iter::from_fn(move || Some(*shared)), async || true)
}

/// As much as the check is, and the iterator.
#[test]
fn waiting_for_a_condition_is_what_the_check_is() {
    assert_eq!(traits_of!(wait()), ["Send", "Sync"]);
    assert_eq!(traits_of!(poll_until_with([], async || true)), ["Send", "Sync"]);
    assert_eq!(traits_of!(wait_with_an_rc()), [""; 0]);
    assert_eq!(traits_of!(wait_by_an_rc()), [""; 0]);
}
