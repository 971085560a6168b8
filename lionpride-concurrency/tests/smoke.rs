#![allow(missing_docs, clippy::pedantic)]
use lionpride_concurrency::{Callable, callable, dispatch, is_async, pipeline};

#[dispatch]
fn parse(raw: String) -> Result<u32, std::num::ParseIntError> {
    let n = raw.trim().parse::<u32>()?;
    if n == 0 { return Ok(1); }
    Ok(n)
}
#[dispatch]
async fn enrich(n: u32) -> Result<u32, std::num::ParseIntError> { Ok(n * 2) }
#[dispatch]
fn pat((a, mut b): (u32, u32), _: String, mut v: Vec<u32>) -> usize { b += a; v.push(b); v.len() }
#[dispatch]
fn show(x: impl std::fmt::Display + Send + 'static) -> String { x.to_string() }
#[dispatch]
fn iter(n: u32) -> impl Iterator<Item = u32> + Send { 0..n }
#[dispatch]
fn tryiter(n: u32) -> Result<impl Iterator<Item = u32> + Send, std::num::ParseIntError> { let m: u32 = "5".parse()?; Ok(0..n + m) }
#[dispatch(inline)]
fn cheap(s: &str) -> usize { s.len() }
#[dispatch]
fn refcell(x: std::cell::RefCell<String>) -> usize { x.borrow().len() }
#[dispatch]
fn never(x: u32) -> u32 { #![allow(unused_variables)] panic!("no {x}") }

fn up(s: String) -> String { s.to_uppercase() }
fn two(a: u32, b: u32) -> u32 { a + b }
async fn aone(a: u32) -> u32 { a + 1 }

#[tokio::test]
async fn works() {
    assert_eq!(parse("12".into()).await.unwrap(), 12);
    assert_eq!(pat((1, 2), String::new(), vec![]).await, 1);
    assert_eq!(show(5).await, "5");
    assert_eq!(iter(5).await.count(), 5);
    assert_eq!(tryiter(5).await.unwrap().count(), 10);
    assert_eq!(cheap("abc").await, 3);
    assert_eq!(refcell("abc".to_owned().into()).await, 3);
    assert!(never(1).into_result().await.is_err());
    assert_eq!(callable!(up).call("a".into()).await, "A");
    assert_eq!(callable!(two).call((1, 2)).await, 3);
    assert_eq!(callable!(aone).call(1).await, 2);
    assert_eq!(callable!(parse).call("3".into()).await, Ok(3));
    let k = String::from("xyz");
    let c = callable!(async move |x: u32| { tokio::task::yield_now().await; k.len() as u32 + x });
    assert_eq!(c.call(1).await, 4);
    assert!(is_async!(aone));
    assert!(!is_async!(parse));
    assert!(is_async!(c));
    let b = callable!(two).boxed();
    assert_eq!(callable!(b).call((1, 2)).await, 3);
    let c2 = callable!(inline(up));
    assert_eq!(c2.hops(), 0);
    let k = String::from("xyz");
    let p = pipeline!(parse?, enrich?, |n| n + 1, inline(|n| n), async move |n| n + k.len() as u32, aone, |n| n.to_string(), up, |s| s.parse::<u32>()?);
    println!("{p}");
    assert_eq!(p.hops(), 3);
    assert_eq!(p.call("4".into()).await, Ok(4 * 2 + 1 + 3 + 1));
    let h = tokio::spawn(p.call("x".into()));
    assert!(h.await.unwrap().is_err());
    let q = pipeline!(two, |n| n + 1, p2(), b2());
    println!("{q}");
    assert_eq!(q.call((1, 2)).await, 6);
}
fn p2() -> impl Callable<u32, Output = u32> { pipeline!(|n: u32| n + 1, aone, |n| n) }
fn b2() -> lionpride_concurrency::BoxCallable<u32, u32> { callable!(|n: u32| n).boxed() }
