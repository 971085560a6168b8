//! `on = PATH`: where a body runs.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, LazyLock};
use std::task::{Context, Waker};
use std::thread;

use futures::FutureExt;
use lionpride_concurrency::{
    Callable, Dedicated, Limiter, RunSyncError, callable, dispatch, is_async, pipeline,
};

use crate::places::{DB, Threads, place};

mod elsewhere {
    use super::Threads;

    pub(super) static LOG: Threads = Threads("log");
}

tokio::task_local! {
    static REQUEST: u32;
}

#[dispatch(on = DB)]
fn load(n: u32) -> Result<(u32, String), String> {
    if n > 9 {
        return Err(place());
    }
    Ok((n, place()))
}

#[dispatch(on = elsewhere::LOG)]
fn r#try<T: Send + 'static>(value: T, (a, _): (u32, u32)) -> (T, u32, String) {
    (value, a, place())
}

#[dispatch(on = self::elsewhere::LOG)]
fn places() -> impl Iterator<Item = String> + Send {
    [place()].into_iter()
}

#[dispatch]
fn anywhere() -> String {
    place()
}

#[tokio::test]
async fn a_body_runs_where_it_is_put_under_the_name_of_its_function() {
    assert_eq!(load(1).await, Ok((1, "db: load".to_owned())));
    assert_eq!(load(10).await, Err("db: load".to_owned()));
    assert_eq!(r#try("a", (1, 2)).await, ("a", 1, "log: try".to_owned()));
    assert_eq!(places().await.collect::<Vec<_>>(), ["log: places"]);
    assert_eq!(anywhere().await, "");
}

#[tokio::test]
async fn a_call_can_be_put_elsewhere_and_have_another_name() {
    assert_eq!(anywhere().on(&DB).await, "db: anywhere");
    assert_eq!(load(1).on(&elsewhere::LOG).await, Ok((1, "log: load".to_owned())));
    assert_eq!(load(1).named("other").await, Ok((1, "db: other".to_owned())));
    assert_eq!(load(1).run_inline(), Ok((1, String::new())));
}

#[dispatch(owned, locals(REQUEST), on = DB, shield)]
fn everything(text: &str, more: Option<&str>) -> String {
    format!("{text} {} {} {}", more.unwrap_or("-"), REQUEST.get(), place())
}

#[tokio::test]
async fn it_goes_along_with_the_other_options() {
    let call = REQUEST.scope(7, everything("a", Some("b")));
    assert_eq!(call.await, "a b 7 db: everything");
}

#[tracing::instrument]
#[dispatch(on = DB)]
fn traced_above(n: u32) -> (u32, String) {
    (n, place())
}

#[dispatch(on = DB, shield)]
#[tracing::instrument]
fn traced_below(n: u32) -> (u32, String) {
    (n, place())
}

#[tokio::test]
async fn other_attributes_leave_it_where_it_is() {
    assert_eq!(traced_above(1).await, (1, "db: traced_above".to_owned()));
    assert_eq!(traced_below(1).await, (1, "db: traced_below".to_owned()));
}

#[derive(Clone)]
struct Books(u32);

#[dispatch(owned, on = DB)]
impl Books {
    fn count(&self) -> (u32, String) {
        (self.0, place())
    }

    #[dispatch(on = elsewhere::LOG)]
    fn log(self: Arc<Self>, text: &str) -> String {
        format!("{text} {} {}", self.0, place())
    }

    #[dispatch(inline)]
    fn here(&self) -> String {
        place()
    }

    #[dispatch(skip)]
    fn skipped(&self) -> (u32, String) {
        (self.0, place())
    }

    async fn later(&self) -> String {
        tokio::task::yield_now().await;
        place()
    }
}

struct Pages(u32);

#[dispatch(inline)]
impl Pages {
    fn number(&self) -> (u32, String) {
        (self.0, place())
    }

    #[dispatch(on = DB)]
    fn load(self) -> (u32, String) {
        (self.0, place())
    }
}

#[tokio::test]
async fn a_block_says_it_of_its_functions_and_each_can_say_otherwise() {
    let books = Books(3);
    assert_eq!(books.count().await, (3, "db: count".to_owned()));
    assert_eq!(Arc::new(books.clone()).log("a").await, "a 3 log: log");
    assert_eq!(books.here().await, "");
    assert_eq!(books.skipped(), (3, String::new()));
    assert_eq!(books.later().await, "");
    assert_eq!(Pages(1).number().await, (1, String::new()));
    assert_eq!(Pages(1).load().await, (1, "db: load".to_owned()));
}

#[dispatch(on = DB)]
trait Store: Send + Sync + 'static {
    fn get(&self, key: &str) -> String;

    fn size(self: Arc<Self>) -> String {
        place()
    }

    #[dispatch(on = elsewhere::LOG)]
    fn log(n: u32) -> (u32, String)
    where
        Self: Sized,
    {
        (n, place())
    }
}

#[derive(Clone)]
struct Disk;

#[dispatch(owned)]
impl Store for Disk {
    #[dispatch(on = elsewhere::LOG)]
    fn get(&self, key: &str) -> String {
        format!("{key} {}", place())
    }
}

struct Remote;

#[dispatch(on = elsewhere::LOG)]
impl Store for Remote {
    async fn get(&self, key: &str) -> String {
        format!("{key} {}", place())
    }

    fn size(self: Arc<Self>) -> String {
        place()
    }
}

#[tokio::test]
async fn traits_and_their_implementations_say_it_of_their_bodies() {
    assert_eq!(Disk.get("a").await, "a log: get");
    assert_eq!(Arc::new(Disk).size().await, "db: size");
    assert_eq!(Disk::log(1).await, (1, "log: log".to_owned()));
    assert_eq!(Remote.get("a").await, "a ");
    assert_eq!(Arc::new(Remote).size().await, "log: size");
}

static WORKER: LazyLock<Dedicated<()>> = LazyLock::new(|| Dedicated::new("worker", || ()));

#[dispatch(on = WORKER)]
fn on_worker() -> Option<String> {
    thread::current().name().map(str::to_owned)
}

#[tokio::test]
async fn a_dispatcher_may_be_made_at_its_first_use() {
    let call = on_worker();
    assert!(LazyLock::get(&WORKER).is_some(), "the call holds a handle");
    assert_eq!(call.await.as_deref(), Some("worker"));
}

static ONE: Limiter = Limiter::new("one", 1);

#[dispatch(on = ONE)]
fn wait(gate: Receiver<()>) -> usize {
    let _ = gate.recv();
    ONE.in_use()
}

#[dispatch(on = ONE, shield)]
fn write(journal: Sender<usize>) {
    journal.send(ONE.in_use()).unwrap();
}

#[tokio::test]
async fn functions_wait_for_the_limiter_that_they_share() {
    let (open, gate) = channel();
    let (journal, entries) = channel();
    let context = &mut Context::from_waker(Waker::noop());
    let (mut held, mut queued) = (wait(gate), write(journal));
    assert!(held.poll_unpin(context).is_pending());
    assert!(queued.poll_unpin(context).is_pending());
    assert_eq!((ONE.in_use(), ONE.waiting()), (1, 1));
    drop(queued);
    drop(open);
    assert_eq!(held.await, 1);
    assert_eq!(entries.recv(), Ok(1), "it was shielded");
}

/// Drops what it should run.
#[derive(Clone)]
struct Nowhere;

impl lionpride_concurrency::Dispatcher for Nowhere {
    fn dispatch(&self, _: lionpride_concurrency::Task) {}
}

static NOWHERE: Nowhere = Nowhere;

#[dispatch(on = NOWHERE)]
fn lost() {}

#[tokio::test]
async fn a_call_that_is_dropped_there_says_so() {
    assert!(matches!(lost().into_result().await, Err(RunSyncError::Shutdown)));
}

fn both(n: u32) -> u32 {
    n
}

#[tokio::test]
async fn callables_and_pipelines_leave_it_where_it_is() {
    assert!(!is_async!(load));
    assert_eq!(callable!(load).hops(), 1);
    assert_eq!(callable!(load).call(1).await, Ok((1, "db: load".to_owned())));
    assert_eq!(callable!(blocking(load)).call(1).await, Ok((1, "db: load".to_owned())));
    assert_eq!(callable!(inline(load)).call(1).await, Ok((1, String::new())));
    let p = pipeline!(both, load?, |(n, place)| format!("{n} {place}"));
    assert_eq!(p.hops(), 3);
    assert_eq!(p.call(1).await.as_deref(), Ok("1 db: load"));
}
