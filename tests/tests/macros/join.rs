//! `join(f, g, ..)`: several functions, called with the same input at once.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Barrier, Mutex, mpsc};

use futures::FutureExt;
use futures::future::pending;
use lionpride_concurrency::{BoxCallable, Callable, callable, dispatch, pipeline};

use crate::places::{DB, place};

fn double(n: u32) -> u32 {
    n * 2
}

#[dispatch]
fn dispatched(n: u32) -> String {
    n.to_string()
}

async fn later(n: u32) -> u32 {
    tokio::task::yield_now().await;
    n + 1
}

async fn of_either_colour() {
    let p = pipeline!(
        double,
        join(
            double,
            later,
            inline(|n| n - 1),
            on(DB, |_| place()),
            dispatched,
            |n| async move { n }
        ),
        |(a, b, c, place, e, f)| format!("{a} {b} {c} {place} {e} {f}"),
    );
    assert_eq!(p.hops(), 5);
    let given = tokio::spawn(p.call(5)).await.unwrap();
    assert!(given.starts_with("20 11 9 db: join(double, later, "), "{given}");
    assert!(given.ends_with(") 10 10"), "{given}");
}

#[tokio::test]
async fn of_either_colour_on_one_thread() {
    of_either_colour().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_either_colour_on_several() {
    of_either_colour().await;
}

#[tokio::test]
async fn two_to_eight() {
    assert_eq!(pipeline!(join(double, later)).call(1).await, (2, 2));
    let seven = pipeline!(join(double, later, double, later, double, later, double));
    assert_eq!(seven.call(1).await, (2, 2, 2, 2, 2, 2, 2));
    let eight = pipeline!(
        |n: u32| n,
        join(|n| n, |n| n + 1, |n| n + 2, |n| n + 3, |n| n + 4, |n| n + 5, |n| n + 6, |n| n + 7),
    );
    assert_eq!(eight.call(1).await, (1, 2, 3, 4, 5, 6, 7, 8));
}

#[tokio::test]
async fn all_at_once() {
    let both = Arc::new(Barrier::new(2));
    let arm = || {
        let both = Arc::clone(&both);
        move |n: u32| {
            both.wait();
            n
        }
    };
    assert_eq!(pipeline!(join(arm(), arm())).call(1).await, (1, 1));
    let (send, receive) = tokio::sync::oneshot::channel();
    let (send, receive) = (Mutex::new(Some(send)), Mutex::new(Some(receive)));
    let p = pipeline!(join(
        move |(): ()| {
            let receive = receive.lock().unwrap().take().unwrap();
            async move { receive.await.unwrap() }
        },
        move |(): ()| {
            let send = send.lock().unwrap().take().unwrap();
            async move { send.send(5).unwrap() }
        }
    ));
    assert_eq!(p.call(()).await, (5, ()));
}

#[tokio::test]
async fn the_last_takes_the_input_itself() {
    #[derive(Debug)]
    struct Counted(u32);
    impl Clone for Counted {
        fn clone(&self) -> Self {
            Self(self.0 + 1)
        }
    }
    let p = pipeline!(join(|c: Counted| c.0, async |c: Counted| c.0, inline(|c: Counted| c.0)));
    assert_eq!(p.call(Counted(0)).await, (1, 1, 0));
}

fn small(n: u32) -> Result<u32, String> {
    if n < 10 { Ok(n) } else { Err(format!("{n} is too large")) }
}

#[tokio::test]
async fn a_question_mark_is_that_of_a_function_or_of_all() {
    let one = pipeline!(join(small?, later), |(a, b)| a + b);
    assert_eq!(one.call(1).await, Ok(3));
    assert_eq!(one.call(10).await, Err("10 is too large".to_owned()));
    let all = pipeline!(join(small, async |n| small(n + 1))?);
    assert_eq!(all.call(8).await, Ok((8, 9)));
    assert_eq!(all.call(9).await, Err("10 is too large".to_owned()));
    let closure = pipeline!(join(|n: u32| small(n)?, later));
    assert_eq!(closure.call(8).await, Ok((8, 9)));
    assert_eq!(pipeline!(join(small, later)).call(8).await, (Ok(8), 9));
}

/// Tells when it is dropped.
struct Told(mpsc::Sender<()>);

impl Drop for Told {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

#[tokio::test]
async fn an_error_or_a_panic_drops_the_others() {
    let (tell, told) = mpsc::channel();
    let endless = move |_: u32| {
        let told = Told(tell.clone());
        async move {
            let _told = told;
            pending::<u32>().await
        }
    };
    let p = pipeline!(join(endless.clone(), small?));
    assert_eq!(p.call(10).await, Err("10 is too large".to_owned()));
    told.try_recv().unwrap();
    let p = pipeline!(join(endless.clone(), |_| -> u32 { std::panic::panic_any(77_u8) }));
    let panic = AssertUnwindSafe(p.call(1)).catch_unwind().await;
    assert_eq!(panic.unwrap_err().downcast_ref::<u8>(), Some(&77));
    told.try_recv().unwrap();
    let mut call = Box::pin(pipeline!(join(endless, later)).call(1));
    assert!(futures::poll!(&mut call).is_pending());
    drop(call);
    told.try_recv().unwrap();
}

#[tokio::test]
async fn pipelines_and_boxed_callables_are_functions_too() {
    let inner = pipeline!(double, later);
    let boxed: BoxCallable<u32, u32> = callable!(double).boxed();
    let result = pipeline!(small?, later);
    let p = pipeline!(join(inner, boxed, result?, pipeline!(join(double, later))));
    assert_eq!(p.hops(), 1 + 1 + 1 + 1);
    assert_eq!(p.call(1).await, Ok((3, 2, 2, (2, 2))));
    assert_eq!(p.call(10).await, Err("10 is too large".to_owned()));
    let over = pipeline!(join(pipeline!(each(2, double)), |all: Vec<u32>| all.len()));
    assert_eq!(over.call(vec![1, 2]).await, (vec![2, 4], 2));
    let boxed = over.boxed();
    assert_eq!((boxed.hops(), boxed.call(vec![1, 2]).await), (3, (vec![2, 4], 2)));
}

#[tokio::test]
async fn static_borrows_pass_through() {
    fn trim(text: &'static str) -> &'static str {
        text.trim()
    }
    async fn check(text: &'static str) -> Result<&'static str, &'static str> {
        if text.is_empty() { Err("empty") } else { Ok(text) }
    }
    let p = pipeline!(join(trim, check?, inline(trim)));
    assert_eq!(tokio::spawn(p.call(" a")).await.unwrap(), Ok(("a", " a", "a")));
    let task = tokio::spawn(async move { p.call("").await });
    assert_eq!(task.await.unwrap(), Err("empty"));
}

#[tokio::test]
async fn the_plan_shows_it_as_a_stage() {
    let p = pipeline!(
        double,
        join(double, later),
        |(a, b)| a + b,
        join(inline(double), inline(|n| n)),
        |(a, b)| a + b,
        join(double, double)
    );
    assert_eq!(
        p.to_string(),
        "\
1. double                               sync    hop 1
2. join(double, later)                  async   hop 2
3. |(a, b)| a + b                       sync    hop 3
4. join(inline(double), inline(|n| n))  inline  in place
5. |(a, b)| a + b                       sync    hop 4
6. join(double, double)                 sync    hops 5 to 6"
    );
    assert!(p.is_async());
}
