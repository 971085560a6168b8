//! Parts of calls: `callable!(connect("db", _, tls))`.

#![allow(clippy::needless_pass_by_value, reason = "what is kept is given by value")]

use std::ops::Add;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{ThreadId, current};

use futures::future::BoxFuture;
use lionpride_concurrency::{Callable, Limiter, callable, dispatch, is_async, pipeline};

static DB: Limiter = Limiter::new("partial", 2);

fn connect(host: &str, port: u16, tls: bool) -> String {
    format!("{host}:{port}:{tls}")
}

async fn fetch(host: String, port: u16, tls: bool) -> String {
    tokio::task::yield_now().await;
    connect(&host, port, tls)
}

#[dispatch]
fn store(name: String, n: u64) -> (String, u64, ThreadId) {
    (name, n, current().id())
}

fn boxed_future(name: &'static str, n: u8) -> BoxFuture<'static, usize> {
    Box::pin(async move { name.len() + usize::from(n) })
}

fn sum<T: Add<Output = T>>(a: T, b: T) -> T {
    a + b
}

async fn sum_async<T: Add<Output = T>>(a: T, b: T) -> T {
    tokio::task::yield_now().await;
    a + b
}

fn describe(text: impl Into<String>, items: Vec<u64>) -> String {
    format!("{}{items:?}", text.into())
}

#[tokio::test]
async fn a_blank_is_what_is_still_to_come() {
    assert_eq!(callable!(connect("db", _, true)).call(1).await, "db:1:true");
    assert_eq!(callable!(connect(_, 2, false)).call("db").await, "db:2:false");
    assert_eq!(callable!(connect("db", _, _)).call((3, true)).await, "db:3:true");
    assert_eq!(callable!(connect(_, _, _)).call(("db", 4, true)).await, "db:4:true");
    assert_eq!(callable!(fetch("db".to_owned(), _, true)).call(5).await, "db:5:true");
    assert_eq!(callable!(fetch(_, 6, _)).call(("db".to_owned(), true)).await, "db:6:true");
    let (name, n, _) = callable!(store("a".to_owned(), _)).call(7).await;
    assert_eq!((name.as_str(), n), ("a", 7));
    assert_eq!(callable!(boxed_future("abc", _)).call(1).await, 4);
    assert_eq!(callable!(Some(_)).call(5).await, Some(5));
}

#[tokio::test]
async fn eight_can_be_still_to_come() {
    #[allow(clippy::too_many_arguments, clippy::many_single_char_names, reason = "eight, and one")]
    fn nine(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8) -> u8 {
        a + b + c + d + e + f + g + h + i
    }
    let call = callable!(nine(_, _, _, 100, _, _, _, _, _)).call((1, 1, 1, 1, 1, 1, 1, 1));
    assert_eq!(call.await, 108);
}

#[tokio::test]
async fn the_colour_is_the_functions() {
    assert!(!is_async!(connect("db", _, true)));
    assert!(is_async!(fetch(String::new(), _, true)));
    assert!(is_async!(boxed_future("abc", _)));
    assert!(!is_async!(store(String::new(), _)));
    assert!(!is_async!(sum(_, 3)));
    assert!(is_async!(sum_async(3, _)));
    assert_eq!(callable!(connect("db", _, true)).hops(), 1);
    assert_eq!(callable!(fetch(String::new(), _, true)).hops(), 0);
    let (_, _, thread) = callable!(store(String::new(), _)).call(1).await;
    assert_ne!(thread, current().id());
}

#[tokio::test]
async fn generic_functions_find_their_types() {
    assert_eq!(callable!(sum(_, 3_u8)).call(4).await, 7);
    assert_eq!(callable!(sum(3, _)).call(4_u64).await, 7);
    assert_eq!(callable!(sum_async(_, 1)).call(1_i8).await, 2);
    assert_eq!(callable!(describe("a", _)).call(vec![1]).await, "a[1]");
    assert_eq!(callable!(describe(_, Vec::new())).call("b").await, "b[]");
}

#[tokio::test]
async fn what_is_kept_is_made_once_in_order_and_shared_by_clones() {
    fn add(a: Arc<AtomicUsize>, n: usize, b: Arc<AtomicUsize>) -> usize {
        a.fetch_add(n, Ordering::SeqCst) + b.fetch_add(n, Ordering::SeqCst)
    }
    let order = Arc::new(std::sync::Mutex::new(Vec::new()));
    let note = |n: usize| {
        order.lock().unwrap().push(n);
        Arc::new(AtomicUsize::new(n))
    };
    let callable = callable!(add(note(1), _, note(2)));
    let copy = callable.clone();
    assert_eq!(callable.call(10).await, 3);
    assert_eq!(copy.call(0).await, 23);
    assert_eq!(*order.lock().unwrap(), [1, 2]);
}

#[tokio::test]
async fn what_makes_the_function_is_asked_once() {
    let asked = AtomicUsize::new(0);
    let make = |m: u32| {
        asked.fetch_add(1, Ordering::SeqCst);
        move |n: u32, k: u32| n * m + k
    };
    let callable = callable!(make(10)(_, 3));
    assert_eq!(callable.call(1).await, 13);
    assert_eq!(callable.call(2).await, 23);
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    let local = |a: u32, b: u32| a - b;
    assert_eq!(callable!(local(_, 3)).call(5).await, 2);
    assert_eq!(callable!((|a: u32, b: u32| a - b)(7, _)).call(5).await, 2);
}

#[tokio::test]
async fn words_stand_around_a_part_of_a_call() {
    let inline = callable!(inline(connect("db", _, true)));
    assert_eq!((inline.hops(), inline.call(1).await.as_str()), (0, "db:1:true"));
    assert_eq!(callable!(blocking(sum(_, 3_u8))).call(4).await, 7);
    assert_eq!(callable!(on(DB, sum(_, 3_u8))).call(4).await, 7);
    assert_eq!(callable!(on(DB, store("a".into(), _))).call(4).await.1, 4);
    assert_eq!(DB.stats().finished, 2);
}

#[tokio::test]
async fn parts_of_calls_are_stages() {
    fn check(n: u32, most: u32) -> Result<u32, String> {
        if n <= most { Ok(n) } else { Err(format!("{n} is more than {most}")) }
    }
    fn write(n: u32, items: Vec<u8>) -> String {
        format!("{n}{items:?}")
    }
    let most = 10;
    let job = pipeline!(check(_, most)?, sum(1, _), sum_async(_, 2), inline(write(_, vec![1])));
    assert_eq!(job.call(3).await, Ok("6[1]".to_owned()));
    assert_eq!(job.call(11).await, Err("11 is more than 10".to_owned()));
    assert!(job.to_string().starts_with("1. check(_, most)?"), "{job}");
    assert_eq!(job.hops(), 1);
}

#[derive(Clone)]
struct Client {
    base: String,
}

impl Client {
    fn url(&self, path: &str, n: u8) -> String {
        format!("{}/{path}?{n}", self.base)
    }

    async fn fetch(&self, path: String, n: u8) -> String {
        tokio::task::yield_now().await;
        self.url(&path, n)
    }

    async fn fetch_generic<T: Into<String>>(self, path: T) -> String {
        self.fetch(path.into(), 1).await
    }

    async fn fetch_with(&mut self, path: &str) -> Result<String, u8> {
        self.base.push('s');
        Ok(self.fetch(path.to_owned(), 2).await)
    }

    fn boxed<'a>(&'a self, path: &'a str) -> BoxFuture<'a, String> {
        Box::pin(self.fetch(path.to_owned(), 3))
    }

    #[dispatch(owned)]
    fn load(&self, path: String) -> (String, ThreadId) {
        (self.url(&path, 4), current().id())
    }

    fn into_url(self, path: &str) -> String {
        self.url(path, 0)
    }
}

#[tokio::test]
async fn methods_keep_their_receiver() {
    let client = Client { base: "http".to_owned() };
    assert_eq!(callable!(client.clone().url(_, 3)).call("a").await, "http/a?3");
    assert_eq!(callable!(client.clone().into_url(_)).call("a").await, "http/a?0");
    let url = callable!(client.url("b", _));
    assert_eq!(url.call(1).await + &url.call(2).await, "http/b?1http/b?2");
}

#[tokio::test]
async fn a_call_without_a_blank_makes_the_callable() {
    fn make(n: u32) -> impl Fn(u32) -> u32 + Send + Sync + 'static {
        move |m| n + m
    }
    assert_eq!(callable!(make(3)).call(4).await, 7);
    assert_eq!(
        callable!(make({
            let n;
            (n, _) = (3, 4);
            n
        }))
        .call(4)
        .await,
        7
    );
}

#[tokio::test]
async fn async_methods_borrow_their_receiver() {
    let client = Client { base: "http".to_owned() };
    let c = || client.clone();
    let fetch = callable!(c().fetch(_, 3));
    assert!(fetch.is_async() && fetch.hops() == 0);
    assert_eq!(tokio::spawn(fetch.call("a".to_owned())).await.unwrap(), "http/a?3");
    assert_eq!(callable!(c().fetch(_, _)).call(("a".to_owned(), 4)).await, "http/a?4");
    assert_eq!(callable!(c().fetch_generic(_)).call("a").await, "http/a?1");
    let with = callable!(c().fetch_with(_));
    assert_eq!(with.call("a").await, Ok("https/a?2".to_owned()));
    assert_eq!(with.call("b").await, Ok("https/b?2".to_owned()));
    assert_eq!(callable!(c().boxed(_)).call("a").await, "http/a?3");
    assert!(is_async!(c().fetch(_, 3)) && is_async!(c().boxed(_)) && !is_async!(c().url("a", _)));
    let job = pipeline!(|n: u8| n + 1, c().fetch("a".to_owned(), _), |_| "c", c().fetch_with(_)?);
    assert_eq!(job.call(1).await, Ok("https/c?2".to_owned()));
}

#[tokio::test]
async fn dispatched_methods_hop_by_themselves() {
    static LOADS: Limiter = Limiter::new("loads", 2);
    let client = Client { base: "http".to_owned() };
    let load = callable!(client.clone().load(_));
    assert!(!load.is_async() && !is_async!(client.clone().load(_)));
    let (text, thread) = load.call("a".to_owned()).await;
    assert_eq!((text.as_str(), load.hops()), ("http/a?4", 1));
    assert_ne!(thread, current().id());
    let (_, thread) = callable!(inline(client.clone().load(_))).call("a".to_owned()).await;
    assert_eq!(thread, current().id());
    let on = callable!(on(LOADS, client.clone().load(_)));
    assert_ne!(on.call("a".to_owned()).await.1, current().id());
    assert_eq!(callable!(on(LOADS, client.url(_, 1))).call("a").await, "http/a?1");
    assert_eq!(LOADS.stats().finished, 2);
}
