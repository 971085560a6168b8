//! The macros in every edition that has `async`: this file is the test of a package each.
//!
//! It is written in what the editions share. Where they differ (closures capture a whole variable
//! in 2018, `gen` is a keyword in 2024, what a block's last expression borrows lives longer before
//! 2024), the macros must not.

use std::cell::RefCell;
use std::fmt::Display;
use std::future::Future;
use std::num::ParseIntError;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{ThreadId, current};

use lionpride_concurrency::{
    BoxCallable, Callable, Job, RunSync, callable, dispatch, is_async, pipeline, run_sync,
};

#[dispatch]
fn place() -> ThreadId {
    current().id()
}

#[dispatch]
async fn place_async() -> ThreadId {
    tokio::task::yield_now().await;
    current().id()
}

#[dispatch(inline)]
fn place_inline() -> ThreadId {
    current().id()
}

#[tokio::test]
async fn a_sync_function_hops_and_the_others_stay() {
    assert_ne!(place().await, current().id());
    assert_eq!(place_async().await, current().id());
    assert_eq!(place_inline().await, current().id());
}

#[dispatch]
fn parse(text: String) -> Result<u32, ParseIntError> {
    if text.is_empty() {
        return Ok(0);
    }
    let n: u32 = text.trim().parse()?;
    Ok(n + 1)
}

#[dispatch]
async fn double(n: u32) -> Result<u32, ParseIntError> {
    tokio::task::yield_now().await;
    Ok(n * 2)
}

#[tokio::test]
async fn question_mark_and_early_return_leave_the_body() {
    assert_eq!(parse(String::new()).await, Ok(0));
    assert_eq!(parse(" 41 ".into()).await, Ok(42));
    assert!(parse("x".into()).await.is_err());
    assert_eq!(double(2).await, Ok(4));
}

#[dispatch]
fn patterns((a, mut b): (u32, u32), [c, ..]: [u32; 3], _: String, mut list: Vec<u32>) -> Vec<u32> {
    b += 1;
    list.extend(vec![a, b, c]);
    list
}

#[dispatch]
fn r#gen(r#dyn: u32, r#try: u32) -> u32 {
    r#dyn + r#try
}

#[tokio::test]
async fn arguments_may_be_patterns_and_raw_names() {
    let list = patterns((1, 2), [4, 5, 6], String::new(), vec![0]).await;
    assert_eq!(list, vec![0, 1, 3, 4]);
    assert_eq!(r#gen(1, 2).await, 3);
}

/// Says its name when it is dropped.
struct Probe(&'static str, Sender<&'static str>);

impl Drop for Probe {
    fn drop(&mut self) {
        let _ = self.1.send(self.0);
    }
}

struct Pair {
    used: Probe,
    untouched: Probe,
}

#[dispatch]
fn lives(_: Probe, _named: Probe, pair: Pair, Probe(name, _): Probe, log: Sender<&'static str>) {
    log.send(pair.used.0).unwrap();
    log.send(name).unwrap();
    log.send("body ends").unwrap();
}

#[tokio::test]
async fn every_argument_lives_until_the_body_ends() {
    let (log, heard) = channel();
    let probe = |name| Probe(name, log.clone());
    let pair = Pair { used: probe("used"), untouched: probe("untouched") };
    assert_eq!(pair.untouched.0, "untouched");
    lives(probe("ignored"), probe("named"), pair, probe("taken apart"), log.clone()).await;
    drop(log);
    let heard: Vec<_> = heard.iter().collect();
    assert_eq!(heard[..3], ["used", "taken apart", "body ends"]);
    let mut dropped = heard[3..].to_vec();
    dropped.sort_unstable();
    assert_eq!(dropped, ["ignored", "named", "taken apart", "untouched", "used"]);
}

#[dispatch]
fn tail_borrow(cell: RefCell<String>) -> usize {
    cell.borrow().len()
}

#[dispatch]
fn tail_lock(list: Arc<Mutex<Vec<u32>>>) -> Option<u32> {
    list.lock().unwrap().pop()
}

#[tokio::test]
async fn the_last_expression_may_borrow_an_argument() {
    assert_eq!(tail_borrow(RefCell::new("abc".into())).await, 3);
    assert_eq!(tail_lock(Arc::new(Mutex::new(vec![1, 2]))).await, Some(2));
}

#[dispatch]
fn largest<T, const N: usize>(items: [T; N]) -> Option<T>
where
    T: Ord + Copy + Send + 'static,
{
    items.iter().copied().max()
}

#[dispatch]
fn show(value: impl Display + Send + 'static) -> String {
    value.to_string()
}

#[dispatch]
fn count_to(n: u32) -> impl Iterator<Item = u32> + Send {
    1..=n
}

#[dispatch]
fn try_count_to(text: String) -> Result<impl Iterator<Item = u32> + Send, ParseIntError> {
    let n: u32 = text.parse()?;
    Ok(1..=n)
}

#[tokio::test]
async fn generics_and_impl_trait_work_both_ways() {
    assert_eq!(largest([3, 9, 4]).await, Some(9));
    assert_eq!(show(1.5).await, "1.5");
    assert_eq!(count_to(3).await.collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(try_count_to("2".into()).await.unwrap().count(), 2);
    assert!(try_count_to("two".into()).await.is_err());
}

#[dispatch(inline)]
fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or(text)
}

#[dispatch(inline)]
fn both<'a, 'b>(a: &'a str, b: &'b str) -> (&'a str, &'b str) {
    (a, b)
}

#[dispatch]
async fn length(text: &str) -> usize {
    tokio::task::yield_now().await;
    text.len()
}

#[tokio::test]
async fn what_stays_may_borrow() {
    let text = String::from("two words");
    assert_eq!(first_word(&text).await, "two");
    assert_eq!(both(&text, "b").await, ("two words", "b"));
    assert_eq!(length(&text).await, 9);
}

struct Counter(u32);

impl Counter {
    #[dispatch]
    fn new(n: u32) -> Self {
        Self(n)
    }

    #[dispatch]
    fn next(self) -> Self {
        Self(self.0 + 1)
    }

    #[dispatch]
    fn add(mut self, n: u32) -> Self {
        self.0 += n;
        self
    }

    #[dispatch]
    fn shared(self: Arc<Self>) -> u32 {
        self.0
    }

    #[dispatch(inline)]
    fn peek(&self) -> u32 {
        self.0
    }

    #[dispatch(inline)]
    fn bump(&mut self) -> &mut u32 {
        self.0 += 1;
        &mut self.0
    }

    #[dispatch]
    async fn peek_async(&self) -> u32 {
        tokio::task::yield_now().await;
        self.0
    }
}

#[tokio::test]
async fn methods_can_be_dispatched() {
    let mut counter = Counter::new(1).await.next().await.add(3).await;
    *counter.bump().await += 1;
    assert_eq!((counter.peek().await, counter.peek_async().await), (7, 7));
    assert_eq!(Arc::new(counter).shared().await, 7);
}

struct Store(String);

impl Store {
    fn count(&self, of: &str) -> RunSync<impl Job<Output = usize>> {
        let (text, of) = (self.0.clone(), of.to_owned());
        run_sync(move || text.matches(&of).count())
    }
}

#[tokio::test]
async fn the_future_outlives_what_its_function_borrowed() {
    let count = {
        let (store, of) = (Store("banana".to_owned()), "an".to_owned());
        tokio::spawn(store.count(&of))
    };
    assert_eq!(count.await.unwrap(), 2);
}

fn add(a: u32, b: u32) -> u32 {
    a + b
}

fn some_future(n: u32) -> impl Future<Output = u32> {
    std::future::ready(n + 1)
}

#[test]
fn every_colour_is_known() {
    assert!(!is_async!(parse) && !is_async!(add) && !is_async!(Counter::next));
    assert!(!is_async!(|n: u32| n + 1) && !is_async!(String::len));
    assert!(is_async!(double) && is_async!(place_inline) && is_async!(some_future));
    assert!(is_async!(|n: u32| async move { n }) && is_async!(async |n: u32| n));
}

#[tokio::test]
async fn callables_of_both_colours_are_called_alike() {
    let owned = String::from("abc");
    let sync = callable!(move |n: usize| owned.len() + n);
    let lends = String::from("abc");
    let asynchronous = callable!(async move |n: usize| {
        let borrowed: &str = &lends;
        tokio::task::yield_now().await;
        borrowed.len() + n
    });
    assert_eq!((sync.hops(), asynchronous.hops()), (1, 0));
    let both: Vec<BoxCallable<usize, usize>> = vec![sync.boxed(), asynchronous.boxed()];
    for callable in &both {
        assert_eq!(callable.call(1).await, 4);
    }
    assert_eq!(callable!(add).call((1, 2)).await, 3);
    assert_eq!(callable!(inline(add)).hops(), 0);
    assert_eq!(callable!(blocking(parse)).call("1".into()).await, Ok(2));
}

#[tokio::test]
async fn a_pipeline_takes_stages_of_every_kind() {
    let offset = (1, "not used");
    let job = pipeline!(
        parse?,
        move |n| n + offset.0,
        double?,
        async |n| n + 1,
        |n| async move { n + 1 },
        (|n: u32| n.to_string().parse::<u32>())?,
        |n| parse(n.to_string()),
        |n: Result<u32, ParseIntError>| n?,
        inline(|n| n + 1),
    );
    assert_eq!(
        job.to_string(),
        "\
1. parse?                                    sync    hop 1
2. move |n| n + offset.0                     sync    hop 1
3. double?                                   async   in place
4. async |n| n + 1                           async   in place
5. |n| async move { n + 1 }                  async   in place
6. (|n: u32| n.to_string().parse::<u32>())?  sync    hop 2
7. |n| parse(n.to_string())                  sync    hop 2
8. |n: Result<u32, ParseIntError>| n?        sync    hop 2
9. inline(|n| n + 1)                         inline  hop 2"
    );
    assert_eq!(job.call("3".to_owned()).await, Ok(14));
    assert!(job.call("three".to_owned()).await.is_err());
    assert_eq!(pipeline!(add, some_future).call((1, 2)).await, 4);
}

/// A macro of this edition.
macro_rules! job {
    ($f:expr, $name:ident) => {{
        #[dispatch]
        fn $name(n: u32) -> u32 {
            n + 1
        }
        pipeline!($f, $name, |n| n + 1)
    }};
}

#[tokio::test]
async fn the_macros_may_stand_in_macros() {
    let job = job!(|n: u32| n * 2, plus_one);
    assert_eq!((job.call(1).await, job.hops()), (4, 1));
}

#[dispatch]
fn fails(message: &'static str) -> u32 {
    std::panic::panic_any(message)
}

#[tokio::test]
async fn a_panic_comes_through_whole() {
    let failure = tokio::spawn(fails("as it was")).await.unwrap_err().into_panic();
    assert_eq!(failure.downcast_ref::<&str>(), Some(&"as it was"));
    let error = fails("the disk is full").into_result().await.unwrap_err();
    assert!(error.to_string().ends_with("the disk is full"), "{}", error);
}

#[derive(Clone)]
struct Shelf {
    books: Vec<String>,
}

#[dispatch(owned)]
impl Shelf {
    fn find(&self, title: &str, hint: Option<&str>) -> Option<usize> {
        let this = hint.unwrap_or(title);
        self.books.iter().position(|book| book == title || *book == this)
    }

    #[dispatch(inline)]
    fn first(&self) -> Option<&str> {
        self.books.first().map(String::as_str)
    }

    async fn count(&self) -> usize {
        tokio::task::yield_now().await;
        self.books.len()
    }
}

#[dispatch]
trait Library: Send + Sync {
    fn lend(&self, title: &str) -> Option<String>;

    async fn take_back(&self, book: String) -> usize;

    async fn renew(&self, (title, _): (&str, u32)) -> usize {
        let book = self.lend(title).await;
        self.take_back(book.unwrap_or_default()).await
    }

    #[dispatch(inline)]
    fn name(&self) -> &str {
        "library"
    }
}

#[dispatch(owned)]
impl Library for Shelf {
    fn lend(&self, title: &str) -> Option<String> {
        self.books.iter().find(|book| *book == title).cloned()
    }

    async fn take_back(&self, book: String) -> usize {
        tokio::task::yield_now().await;
        book.len()
    }
}

async fn spawned<L: Library + 'static>(library: L) -> (usize, usize) {
    let visit = async move { (library.renew(("dune", 1)).await, library.name().await.len()) };
    tokio::spawn(visit).await.unwrap()
}

#[tokio::test]
async fn blocks_and_traits_of_either_colour() {
    let shelf = Shelf { books: vec!["emma".to_owned(), "dune".to_owned()] };
    let call = shelf.find("it", Some("dune"));
    assert_eq!(tokio::spawn(call).await.unwrap(), Some(1));
    assert_eq!(shelf.first().await, Some("emma"));
    assert_eq!(shelf.count().await, 2);
    assert_eq!(spawned(shelf).await, (4, 7));
}
