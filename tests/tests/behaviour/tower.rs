//! Callables as services, under the layers of tower.

use std::future::{Ready, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ::tower::buffer::Buffer;
use ::tower::load_shed::error::Overloaded;
use ::tower::retry::Policy;
use ::tower::timeout::error::Elapsed;
use ::tower::{Service, ServiceBuilder, ServiceExt};
use futures::FutureExt;
use futures::executor::block_on;
use futures::future::join_all;
use lionpride_concurrency::{
    Callable, IntoCallable, Limiter, callable, dispatch, pipeline, run_sync,
};

use crate::support::{captured, has, is_gone, on_both, on_each, paused, payload_of, poll, text_of};

static DB: Limiter = Limiter::new("db", 2);

fn next(n: u32) -> Result<u32, String> {
    below(n, 100)
}

fn below(n: u32, limit: u32) -> Result<u32, String> {
    if n < limit { Ok(n + 1) } else { Err(format!("{n} is too large")) }
}

async fn later(n: u32) -> Result<u32, String> {
    tokio::task::yield_now().await;
    next(n)
}

#[dispatch]
fn dispatched(n: u32) -> Result<u32, String> {
    next(n)
}

#[dispatch(on = DB)]
fn limited(n: u32) -> Result<u32, String> {
    next(n)
}

/// What tower's layers and tokio's tasks ask of a service, and that it works there.
async fn serves<S>(service: S)
where
    S: Service<u32, Response = u32, Error = String, Future: Send + Unpin + 'static>
        + Clone
        + Send
        + Sync
        + 'static,
{
    let answer = tokio::spawn(service.clone().oneshot(1));
    assert_eq!(answer.await.unwrap(), Ok(2));
    assert_eq!(service.oneshot(100).await, Err("100 is too large".to_owned()));
}

#[test]
fn what_callable_makes_is_a_service() {
    on_both(async || {
        serves(callable!(next)).await;
        serves(callable!(later)).await;
        serves(callable!(|n: u32| next(n))).await;
        serves(callable!(|n: u32| async move { next(n) })).await;
        serves(callable!(async |n: u32| next(n))).await;
        serves(callable!(inline(next))).await;
        serves(callable!(blocking(next))).await;
        serves(callable!(below(_, 100))).await;
        serves(callable!(dispatched)).await;
        serves(callable!(limited)).await;
        serves(callable!(on(DB, next))).await;
        serves(callable!(on(DB, dispatched))).await;
        serves(callable!(callable!(next))).await;
    });
}

#[test]
fn a_pipeline_is_a_service() {
    on_both(async || {
        serves(pipeline!(next?, |n| n - 1, later?, inline(|n| n))).await;
        serves(pipeline!(error = String, on(DB, next)?)).await;
        serves(pipeline!(callable!(limited)).observed(|_| ())).await;
    });
}

/// Where the type of a callable is out of sight, a `BoxCallable` has one.
#[test]
fn a_boxed_callable_is_a_service() {
    fn make<M>(f: impl IntoCallable<u32, Result<u32, String>, M>) -> impl Service<u32> {
        Callable::boxed(f.into_callable())
    }
    on_both(async || {
        serves(Callable::boxed(callable!(next))).await;
        serves(Callable::boxed(callable!(later))).await;
        serves(callable!(Callable::boxed(pipeline!(next?)))).await;
        assert!(make(next).oneshot(1).await.is_ok());
        assert!(make(later).oneshot(100).await.is_err());
    });
}

#[test]
fn several_arguments_are_a_request() {
    on_both(async || {
        assert_eq!(callable!(below).oneshot((1, 2)).await, Ok(2));
        assert_eq!(callable!(|| Ok::<_, String>(5)).oneshot(()).await, Ok(5));
    });
}

#[test]
fn with_both_traits_in_scope_a_call_gives_the_same() {
    on_both(async || {
        let mut c = callable!(next);
        assert_eq!(c.call(1).await, Ok(2));
        assert_eq!(c.ready().await.unwrap().call(1).await, Ok(2));
    });
}

fn is_ready<S: Service<u32>>(service: &mut S) -> bool {
    let ready = service.poll_ready(&mut Context::from_waker(Waker::noop()));
    matches!(ready, Poll::Ready(Ok(())))
}

/// A permit that was taken there would be lost to the others for as long as nobody makes the call.
#[test]
fn it_is_ready_and_takes_nothing_while_no_permit_is_free() {
    let limiter = Limiter::new("own", 1);
    let mut placed = callable!(on(limiter, next));
    assert!(is_ready(&mut placed));
    assert_eq!(limiter.available(), 1);

    let _held = limiter.try_run(|| ()).unwrap();
    let mut piped = pipeline!(on(limiter, next)?);
    assert!(is_ready(&mut placed) && is_ready(&mut piped));
    assert!(is_ready(&mut Callable::boxed(placed)) && is_ready(&mut callable!(later)));
    assert_eq!(limiter.waiting(), 0);
}

/// A service under a limiter of one, which tells whether it has run and keeps a value for that.
fn observed() -> (Limiter, impl Service<u32, Response = (), Error = ()> + Clone, Arc<AtomicBool>) {
    let (limiter, has_run) = (Limiter::new("own", 1), Arc::new(AtomicBool::new(false)));
    let flag = Arc::clone(&has_run);
    let run = move |_: u32| {
        flag.store(true, Ordering::SeqCst);
        Ok(())
    };
    (limiter.clone(), callable!(on(limiter, run)), has_run)
}

#[test]
fn a_response_that_is_never_polled_does_nothing() {
    let (limiter, mut service, has_run) = observed();
    drop(service.call(1));
    assert!(!has(&has_run));
    assert_eq!(limiter.stats().dropped, 0);
}

#[test]
fn a_response_that_is_dropped_while_queued_never_runs() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("own", 1);
        let held = limiter.try_run(|| ()).unwrap();
        let has_run = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&has_run);
        let mut service = callable!(on(limiter, move |request: Arc<()>| {
            flag.store(true, Ordering::SeqCst);
            drop(request);
            Ok::<_, ()>(())
        }));

        let (request, alive) = captured();
        let mut response = Service::call(&mut service, request);
        assert!(poll(&mut response, Waker::noop()).is_pending());
        assert_eq!(limiter.waiting(), 1);
        drop(response);
        assert_eq!(limiter.waiting(), 0);
        assert!(is_gone(&alive));

        drop(held);
        assert_eq!(block_on(run_sync(|| 5).on(&limiter)), 5);
        assert!(!has(&has_run));
    });
}

/// A sync call that goes on until its request says so.
fn wait(request: Receiver<u32>) -> Result<u32, String> {
    request.into_iter().next().ok_or_else(|| "gone".to_owned())
}

#[test]
fn a_clone_answers_while_another_is_at_work() {
    on_both(async || {
        let mut service = callable!(wait);
        let mut clone = service.clone();
        let (slow, slow_request) = mpsc::channel();
        let (quick, quick_request) = mpsc::channel();
        let first = tokio::spawn(Service::call(&mut service, slow_request));
        quick.send(2).unwrap();
        assert_eq!(Service::call(&mut clone, quick_request).await, Ok(2));
        assert!(!first.is_finished());
        slow.send(1).unwrap();
        assert_eq!(first.await.unwrap(), Ok(1));
    });
}

#[test]
fn a_panic_goes_on_in_whoever_awaits_the_response() {
    on_each(|runtime| {
        let service = callable!(|n: u32| if n == 7 { panic!("no {n}") } else { next(n) });
        let service = ServiceBuilder::new().concurrency_limit(1).service(service);
        let payload = payload_of(|| runtime.block_on(service.clone().oneshot(7)));
        assert_eq!(text_of(&*payload).as_deref(), Some("no 7"));
        assert_eq!(runtime.block_on(service.oneshot(1)), Ok(2));
    });
}

#[test]
fn a_timeout_counts_the_wait_for_a_permit_and_what_waited_never_starts() {
    paused().block_on(async {
        let (limiter, service, has_run) = observed();
        let service = service.map_err(|()| "never");
        let service = ServiceBuilder::new().timeout(Duration::from_secs(1)).service(service);
        let held = limiter.try_run(|| ()).unwrap();
        let error = service.clone().oneshot(1).await.unwrap_err();
        assert!(error.is::<Elapsed>());
        assert_eq!(limiter.waiting(), 0);

        drop(held);
        assert!(!has(&has_run));
        service.oneshot(1).await.unwrap();
        assert!(has(&has_run));
    });
}

/// A response frees the place that tower keeps for it when it is dropped, and a limiter's permit is
/// held until the work has ended.
#[test]
fn a_dropped_response_frees_the_layers_place_and_not_the_limiters() {
    on_both(async || {
        let limiter = Limiter::new("own", 1);
        let service = callable!(on(limiter, wait));
        let mut service = ServiceBuilder::new().concurrency_limit(1).service(service);
        let (request, receiver) = mpsc::channel();
        let mut response = Box::pin(service.ready().await.unwrap().call(receiver));
        assert!(poll(&mut response, Waker::noop()).is_pending());
        assert!(service.ready().now_or_never().is_none());

        drop(response);
        assert!(service.ready().now_or_never().is_some());
        drop(request);
        // The place is this one's, and the permit comes with the end of the work before.
        let (request, receiver) = mpsc::channel();
        request.send(3).unwrap();
        assert_eq!(service.ready().await.unwrap().call(receiver).await, Ok(3));
    });
}

#[test]
fn load_is_shed_where_a_limit_is_reached() {
    on_both(async || {
        let shed = ServiceBuilder::new().load_shed().concurrency_limit(2);
        let service = shed.service(callable!(later));
        // All are polled once before any is polled again.
        let answers = join_all((0..5).map(|n| service.clone().oneshot(n))).await;
        let (answered, shed) = answers.split_at(2);
        assert!(answered.iter().map(|answer| *answer.as_ref().unwrap()).eq(1..=2));
        assert!(shed.iter().all(|answer| answer.as_ref().unwrap_err().is::<Overloaded>()));
    });
}

/// So many tries more.
#[derive(Clone)]
struct Tries(u32);

impl Policy<u32, u32, String> for Tries {
    type Future = Ready<()>;

    fn retry(&mut self, _: &mut u32, result: &mut Result<u32, String>) -> Option<Ready<()>> {
        self.0 = self.0.checked_sub(u32::from(result.is_err()))?;
        result.is_err().then(|| ready(()))
    }

    fn clone_request(&mut self, request: &u32) -> Option<u32> {
        Some(*request)
    }
}

#[test]
fn an_error_is_retried() {
    on_both(async || {
        let count = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&count);
        let flaky = move |n: u32| below(n, counted.fetch_add(1, Ordering::SeqCst));
        let service = ServiceBuilder::new().retry(Tries(2)).service(callable!(flaky));
        assert_eq!(service.clone().oneshot(1).await, Ok(2));
        assert_eq!(count.load(Ordering::SeqCst), 3);
        assert_eq!(service.oneshot(9).await, Err("9 is too large".to_owned()));
        assert_eq!(count.load(Ordering::SeqCst), 6);
    });
}

#[test]
fn a_buffer_is_shared_by_tasks() {
    on_both(async || {
        let service = Buffer::new(callable!(next), 4);
        let answers = (0..20).map(|n| tokio::spawn(service.clone().oneshot(n)));
        for (n, answer) in (1..).zip(join_all(answers).await) {
            assert_eq!(answer.unwrap().unwrap(), n);
        }
    });
}

/// It is a function that returns a future, which tower's own `service_fn` takes.
#[test]
fn a_dispatched_function_needs_no_callable() {
    on_both(async || {
        assert_eq!(::tower::service_fn(dispatched).oneshot(1).await, Ok(2));
        assert_eq!(::tower::service_fn(limited).oneshot(100).await, next(100));
    });
}
