//! `stream`, `try_stream` and their unordered kin: bounded, cancelled when dropped, observed.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, mpsc};
use std::task::Poll;

use futures::channel::oneshot;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, TryStreamExt, future, poll, stream};
use lionpride_concurrency::{Callable, Progress, pipeline};

/// An async stage that ends when it is told to.
fn gates(n: usize) -> (Vec<Option<oneshot::Sender<()>>>, Vec<oneshot::Receiver<()>>) {
    (0..n).map(|_| oneshot::channel()).map(|(tx, rx)| (Some(tx), rx)).unzip()
}

#[tokio::test]
async fn results_come_in_order_or_as_they_are_ready() {
    for ordered in [true, false] {
        let (mut open, closed) = gates(3);
        let p = pipeline!(|(n, gate): (usize, oneshot::Receiver<()>)| gate.map(move |_| n));
        let items = stream::iter(closed.into_iter().enumerate());
        let mut results =
            if ordered { p.stream(items, 3).boxed() } else { p.stream_unordered(items, 3).boxed() };
        assert!(poll!(results.next()).is_pending());
        open[2].take().unwrap().send(()).unwrap();
        let first = poll!(results.next());
        assert_eq!(first, if ordered { Poll::Pending } else { Poll::Ready(Some(2)) });
        drop(open);
        let rest: Vec<_> = results.collect().await;
        let expected = if ordered { vec![0, 1, 2] } else { vec![0, 1] };
        assert_eq!(rest, expected, "ordered: {ordered}");
    }
}

#[tokio::test]
async fn no_more_than_the_limit_is_taken_from_the_input() {
    for ordered in [true, false] {
        let taken = Arc::new(AtomicUsize::new(0));
        let (mut open, closed) = gates(10);
        let count = Arc::clone(&taken);
        let items = stream::iter(closed).inspect(move |_| {
            count.fetch_add(1, SeqCst);
        });
        let p = pipeline!(|gate: oneshot::Receiver<()>| gate);
        let mut results =
            if ordered { p.stream(items, 4).boxed() } else { p.stream_unordered(items, 4).boxed() };
        assert!(poll!(results.next()).is_pending());
        assert_eq!(taken.load(SeqCst), 4);
        drop(open[0].take());
        assert!(results.next().await.is_some());
        assert!(poll!(results.next()).is_pending());
        assert_eq!(taken.load(SeqCst), 5);
    }
}

#[tokio::test]
async fn errors_do_not_end_the_stream() {
    let p = pipeline!((|n: u32| if n & 1 == 0 { Ok(n) } else { Err(n) })?, |n| n * 10);
    let results: Vec<_> = p.stream(stream::iter(0..4), 2).collect().await;
    assert_eq!(results, [Ok(0), Err(1), Ok(20), Err(3)]);
}

#[test]
fn dropping_the_stream_drops_what_is_queued() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        let (started, starts) = mpsc::channel();
        let (release, held) = mpsc::channel::<()>();
        let held = std::sync::Mutex::new(held);
        let item = Arc::new(());
        let p = pipeline!(move |_: Arc<()>| {
            started.send(()).unwrap();
            held.lock().unwrap().recv().ok();
        });
        let mut results = p.stream_unordered(stream::repeat(Arc::clone(&item)), 5).boxed();
        assert!(poll!(results.next()).is_pending());
        starts.recv().unwrap();
        // Five are in flight: one holds the only thread, four are queued. The sixth is the input's.
        assert_eq!(Arc::strong_count(&item), 7);
        drop(results);
        assert_eq!(Arc::strong_count(&item), 2);
        release.send(()).unwrap();
        lionpride_concurrency::run_sync(|| ()).await;
        assert!(starts.try_recv().is_err());
    });
}

#[tokio::test]
async fn a_limit_of_zero_panics_at_the_callers_line() {
    let at = std::panic::Location::caller().line();
    let located = std::sync::Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&located);
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if let Some(place) = info.location().filter(|place| place.file().ends_with("streams.rs")) {
            seen.store(place.line() as usize, SeqCst);
        }
        hook(info);
    }));
    let p = pipeline!(|n: u32| n);
    let line = line!() + 2;
    let panicked = std::panic::catch_unwind(|| {
        drop(p.stream(stream::iter([1]), 0));
    });
    let message = *panicked.unwrap_err().downcast::<&'static str>().unwrap();
    assert!(message.contains("at least 1"), "{message}");
    assert_eq!(located.load(SeqCst), line as usize);
    assert!(line > at);
}

/// Fails at `n`, which it does not wait for; the other items wait for their gate.
fn fails_at(n: usize) -> impl Fn((usize, oneshot::Receiver<()>)) -> Gated + Clone {
    move |(at, gate)| {
        if at == n { future::ready(Err(at)).boxed() } else { gate.map(move |_| Ok(at)).boxed() }
    }
}

type Gated = BoxFuture<'static, Result<usize, usize>>;

#[tokio::test]
async fn the_first_error_ends_a_try_stream_and_drops_what_is_in_flight() {
    for ordered in [true, false] {
        let taken = Arc::new(AtomicUsize::new(0));
        let (mut open, closed) = gates(10);
        let count = Arc::clone(&taken);
        let items = stream::iter(closed.into_iter().enumerate()).inspect(move |_| {
            count.fetch_add(1, SeqCst);
        });
        let p = pipeline!(fails_at(2)?);
        let mut results = if ordered {
            p.try_stream(items, 4).boxed()
        } else {
            p.try_stream_unordered(items, 4).boxed()
        };
        // Only in order does the error wait for the two before it.
        let first = poll!(results.next());
        assert_eq!(first, if ordered { Poll::Pending } else { Poll::Ready(Some(Err(2))) });
        if ordered {
            open[0].take().unwrap().send(()).unwrap();
            assert_eq!(results.next().await, Some(Ok(0)));
            assert!(!open[1].as_ref().unwrap().is_canceled());
            open[1].take().unwrap().send(()).unwrap();
            assert_eq!(results.next().await, Some(Ok(1)));
            assert_eq!(results.next().await, Some(Err(2)));
        }
        assert!(open.iter().flatten().all(oneshot::Sender::is_canceled), "ordered: {ordered}");
        assert!(taken.load(SeqCst) < 8, "ordered: {ordered}");
        assert_eq!(results.size_hint(), (0, Some(0)));
        assert_eq!((results.next().await, results.next().await), (None, None));
    }
}

#[tokio::test]
async fn a_try_stream_without_an_error_gives_all() {
    let p = pipeline!(|n: Result<u32, ()>| n?, |n| n + 1);
    let all = [Ok(1), Ok(2), Ok(3)];
    assert_eq!(p.try_stream(stream::iter(all), 2).try_collect().await, Ok(vec![2, 3, 4]));
    let mut sum = 0;
    let mut results = p.try_stream_unordered(stream::iter(all), 2);
    while let Some(n) = results.try_next().await.unwrap() {
        sum += n;
    }
    assert_eq!(sum, 9);
    assert_eq!(
        p.try_stream(stream::iter([Ok(1), Err(()), Ok(3)]), 1).try_next().await,
        Ok(Some(2))
    );
}

/// Started, finished, dropped.
type Told = Arc<Mutex<Vec<(u64, u64, u64)>>>;

fn observed(told: &Told) -> impl Fn(Progress) + use<> {
    let told = Arc::clone(told);
    move |now| {
        assert_eq!(now.in_flight(), now.started - now.finished - now.dropped);
        told.lock().unwrap().push((now.started, now.finished, now.dropped));
    }
}

#[tokio::test]
async fn an_observer_hears_of_each_start_and_each_end() {
    let told = Arc::default();
    let (mut open, mut closed) = gates(3);
    let p = pipeline!(|gate: oneshot::Receiver<()>| gate).observed(observed(&told));
    let told = || std::mem::take(&mut *told.lock().unwrap());

    drop(p.call(closed.pop().unwrap()));
    assert_eq!(told(), []);

    let mut results = p.stream_unordered(stream::iter(closed), 2);
    assert!(poll!(results.next()).is_pending());
    assert_eq!(told(), [(1, 0, 0), (2, 0, 0)]);
    open[1].take().unwrap().send(()).unwrap();
    assert_eq!(results.next().await, Some(Ok(())));
    assert_eq!(told(), [(2, 1, 0)]);
    drop(results);
    assert_eq!(told(), [(2, 1, 1)]);

    let (_, gate) = oneshot::channel();
    p.clone().call(gate).await.unwrap_err();
    assert_eq!(told(), [(3, 1, 1), (3, 2, 1)]);
}

#[tokio::test]
async fn a_call_that_panics_is_told_as_dropped() {
    let told = Arc::default();
    // No hook hears of it: another test listens for panics of this file.
    let p =
        pipeline!(|()| -> u8 { std::panic::resume_unwind(Box::new(())) }).observed(observed(&told));
    let panicked = tokio::spawn(p.call(())).await.unwrap_err();
    assert!(panicked.is_panic());
    assert_eq!(*told.lock().unwrap(), [(1, 0, 0), (1, 0, 1)]);
}
