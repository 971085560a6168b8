//! Async closures that lend their captures to their future: as `Send` callables, and as stages.

use std::sync::atomic::{AtomicUsize, Ordering};

use lionpride_concurrency::{BoxCallable, Callable, callable, is_async, pipeline};
use tokio::task::yield_now;

/// Calls it on another task, which asks for `Send`.
async fn spawned<C: Callable<In, Output = Out>, In, Out: Send + 'static>(c: &C, input: In) -> Out {
    assert!(c.is_async());
    tokio::spawn(c.call(input)).await.unwrap()
}

#[tokio::test]
async fn captures_are_lent_to_every_call() {
    let text = String::from("abc");
    let calls = AtomicUsize::new(0);
    let callable = callable!(async move |n: usize| {
        let (text, calls) = (&text, &calls);
        yield_now().await;
        calls.fetch_add(1, Ordering::SeqCst);
        text.len() + n + calls.load(Ordering::SeqCst)
    });
    assert_eq!(spawned(&callable, 10).await, 14);
    assert_eq!(spawned(&callable.clone(), 10).await, 15);
    let boxed: BoxCallable<usize, usize> = callable.boxed();
    assert_eq!(boxed.call(10).await, 16);
}

#[tokio::test]
async fn with_no_argument_and_with_several() {
    let text = String::from("abc");
    let (a, b, c, d) = (text.clone(), text.clone(), text.clone(), text);
    let none = callable!(async move || {
        let text = a.as_str();
        yield_now().await;
        text.len()
    });
    assert_eq!(spawned(&none, ()).await, 3);
    let two = callable!(async move |n: usize, more: &'static str| {
        let text = b.as_str();
        yield_now().await;
        text.len() + n + more.len()
    });
    assert_eq!(spawned(&two, (1, "de")).await, 6);
    let pattern = callable!(async move |(n, m): (usize, usize)| {
        let text = c.as_str();
        yield_now().await;
        text.len() + n + m
    });
    assert_eq!(spawned(&pattern, (1, 2)).await, 6);
    #[allow(clippy::many_single_char_names, clippy::too_many_arguments, reason = "eight")]
    let eight = callable!(async move |e: u8, f: u8, g: u8, h: u8, i: u8, j: u8, k: u8, l: u8| {
        let text = d.as_str();
        yield_now().await;
        text.len() + usize::from(e + f + g + h + i + j + k + l)
    });
    assert_eq!(spawned(&eight, (1, 1, 1, 1, 1, 1, 1, 1)).await, 11);
}

#[tokio::test]
async fn a_result_may_leave_with_a_question_mark() {
    let digits = String::from("0123");
    let find = callable!(async move |c: char| {
        let digits = &digits;
        yield_now().await;
        let at = digits.find(c).ok_or("none")?;
        Ok::<usize, &'static str>(at)
    });
    assert_eq!(spawned(&find, '2').await, Ok(2));
    assert_eq!(spawned(&find, 'x').await, Err("none"));
}

#[tokio::test]
async fn they_are_stages() {
    let (prefix, suffix, table) = (String::from("<"), String::from(">"), vec![1_u32, 2, 3]);
    let job = pipeline!(
        async move |n: usize| {
            let table = &table;
            yield_now().await;
            table.get(n).copied().ok_or(n)
        }?,
        |n| n * 2,
        async move |n| {
            let prefix = &prefix;
            yield_now().await;
            format!("{prefix}{n}")
        },
        async move |text| {
            let suffix = suffix.as_str();
            yield_now().await;
            text + suffix
        },
    );
    assert_eq!(tokio::spawn(job.call(1)).await.unwrap(), Ok("<4>".to_owned()));
    assert_eq!(tokio::spawn(job.call(7)).await.unwrap(), Err(7));
    assert_eq!(job.hops(), 1);
}

#[tokio::test]
async fn a_stage_may_take_nothing_or_several() {
    let (a, b) = (String::from("abc"), String::from("de"));
    let nothing = pipeline!(async move || {
        let a = a.as_str();
        yield_now().await;
        a.len()
    });
    assert_eq!(spawned(&nothing, ()).await, 3);
    let several = pipeline!(|n: usize| (n, n + 1), async move |n: usize, m: usize| {
        let b = b.as_str();
        yield_now().await;
        b.len() + n + m
    },);
    assert_eq!(tokio::spawn(several.call(1)).await.unwrap(), 5);
}

#[tokio::test]
async fn asking_does_not_need_what_a_call_needs() {
    let text = String::from("abc");
    assert!(is_async!(async |n: usize| text.len() + n));
    let owned = String::from("abc");
    assert!(is_async!(async || owned.len()));
    assert_eq!(text, owned);
}
