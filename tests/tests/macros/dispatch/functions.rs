//! `#[dispatch]` on functions of both colours, in every shape a function can have.

use std::cell::RefCell;
use std::fmt::Display;
use std::num::ParseIntError;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::{ThreadId, current};

use lionpride_concurrency::{Job, RunSync, RunSyncError, dispatch};

/// Says its name when it is dropped.
struct Probe(&'static str, Sender<&'static str>);

impl Drop for Probe {
    fn drop(&mut self) {
        let _ = self.1.send(self.0);
    }
}

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

#[tokio::test]
async fn question_mark_and_early_return_leave_the_body() {
    assert_eq!(parse(String::new()).await, Ok(0));
    assert_eq!(parse(" 41 ".into()).await, Ok(42));
    assert!(parse("x".into()).await.is_err());
}

#[dispatch]
fn patterns((a, mut b): (u32, u32), [c, ..]: [u32; 3], _: String, mut list: Vec<u32>) -> Vec<u32> {
    b += 1;
    list.extend([a, b, c]);
    list
}

#[tokio::test]
async fn arguments_may_be_patterns() {
    assert_eq!(patterns((1, 2), [4, 5, 6], String::new(), vec![0]).await, [0, 1, 3, 4]);
}

#[dispatch]
fn lives(_: Probe, _named: Probe, used: Probe, Probe(name, _): Probe, log: Sender<&'static str>) {
    log.send(used.0).unwrap();
    log.send(name).unwrap();
    log.send("body ends").unwrap();
}

#[tokio::test]
async fn every_argument_lives_until_the_body_ends() {
    let (log, heard) = channel();
    let probe = |name| Probe(name, log.clone());
    lives(probe("ignored"), probe("named"), probe("used"), probe("taken apart"), log.clone()).await;
    drop(log);
    let heard: Vec<_> = heard.iter().collect();
    assert_eq!(heard[..3], ["used", "taken apart", "body ends"]);
    let mut dropped = heard[3..].to_vec();
    dropped.sort_unstable();
    assert_eq!(dropped, ["ignored", "named", "taken apart", "used"]);
}

#[dispatch]
fn tail_borrow(cell: RefCell<String>) -> usize {
    cell.borrow().len()
}

#[tokio::test]
async fn the_last_expression_may_borrow_an_argument() {
    assert_eq!(tail_borrow(RefCell::new("abc".into())).await, 3);
}

#[dispatch]
fn largest<T, const N: usize>(items: [T; N]) -> Option<T>
where
    T: Ord + Send + 'static,
{
    items.into_iter().max()
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
    assert_eq!(largest::<u8, 0>([]).await, None);
    assert_eq!(show(1.5).await, "1.5");
    assert_eq!(count_to(3).await.collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(try_count_to("2".into()).await.unwrap().count(), 2);
    assert!(try_count_to("two".into()).await.is_err());
}

#[dispatch]
fn r#match(r#type: u32, r#fn: u32) -> u32 {
    r#type + r#fn
}

#[tokio::test]
async fn raw_identifiers_stay_raw() {
    assert_eq!(r#match(1, 2).await, 3);
}

/// Documented.
#[dispatch]
#[must_use]
#[inline]
#[cfg_attr(all(), doc = "Twice.")]
fn with_attributes(
    #[cfg(not(any()))] kept: u32,
    #[cfg(any())] removed: u32,
    #[allow(unused_variables, reason = "what the test is about")] unused: u32,
) -> u32 {
    #![allow(unused_mut, clippy::let_and_return, reason = "an inner attribute")]
    let mut n = kept;
    n
}

#[tokio::test]
async fn attributes_stay_where_they_belong() {
    assert_eq!(with_attributes(1, 2).await, 1);
}

#[dispatch(inline)]
fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or(text)
}

#[dispatch(inline)]
fn both<'a>(a: &'a str, b: &'a str) -> (&'a str, &'a str) {
    (a, b)
}

#[tokio::test]
async fn inline_may_borrow() {
    let text = String::from("two words");
    assert_eq!(first_word(&text).await, "two");
    assert_eq!(both(&text, "b").await, ("two words", "b"));
}

#[dispatch]
fn takes_static(text: &'static str, each: fn(&str) -> usize) -> usize {
    each(text)
}

#[dispatch]
fn takes_callback(
    f: Box<dyn Fn(&str) -> usize + Send>,
    g: impl Fn(&str) -> usize + Send + 'static,
) -> usize {
    f("a") + g("bc")
}

#[tokio::test]
async fn what_is_borrowed_for_ever_or_by_a_callback_may_be_an_argument() {
    assert_eq!(takes_static("abc", str::len).await, 3);
    assert_eq!(takes_callback(Box::new(str::len), str::len).await, 3);
}

struct Counter(u32);

impl Counter {
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

    #[dispatch]
    async fn peek_async(&self) -> u32 {
        tokio::task::yield_now().await;
        self.0
    }

    #[dispatch]
    fn new(n: u32) -> Self {
        Self(n)
    }
}

#[tokio::test]
async fn methods_that_own_their_self_can_be_dispatched() {
    let counter = Counter::new(1).await.next().await.add(3).await;
    assert_eq!((counter.peek().await, counter.peek_async().await), (5, 5));
    assert_eq!(Arc::new(counter).shared().await, 5);
}

#[dispatch]
fn fails(message: &'static str) -> u32 {
    if message.is_empty() { 0 } else { panic!("{message}") }
}

#[tokio::test]
async fn a_panic_comes_through_whole() {
    assert_eq!(fails("").await, 0);
    let error = fails("the disk is full").into_result().await.unwrap_err();
    assert!(matches!(error, RunSyncError::Panicked(_)));
    assert!(error.to_string().ends_with("the disk is full"), "{error}");
    let failure = tokio::spawn(fails("as it was")).await.unwrap_err().into_panic();
    assert_eq!(failure.downcast_ref::<String>().unwrap(), "as it was");
}

/// A framework that takes functions that return futures.
fn handler<F, Fut, T>(handler: F) -> tokio::task::JoinHandle<T>
where
    F: Fn(String) -> Fut,
    Fut: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    tokio::spawn(handler("7".to_owned()))
}

#[tokio::test]
async fn a_dispatched_function_is_a_handler_as_it_stands() {
    assert_eq!(handler(parse).await.unwrap(), Ok(8));
}

struct Library;

impl Library {
    fn length(&self, key: &str) -> RunSync<impl Job<Output = usize>> {
        let _ = self;
        let key = key.to_owned();
        lionpride_concurrency::run_sync(move || key.len())
    }
}

#[tokio::test]
async fn the_future_outlives_what_its_function_borrowed() {
    let call = {
        let (library, key) = (Library, String::from("abc"));
        library.length(&key)
    };
    assert_eq!(call.await, 3);
}

#[dispatch]
fn never_run() -> u32 {
    unreachable!("it is not awaited")
}

#[test]
fn calling_without_awaiting_does_nothing() {
    drop(never_run());
}
