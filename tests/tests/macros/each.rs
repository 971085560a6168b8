//! `each(n, f)`: one function for each item of a collection.

use std::cell::Cell;
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Barrier, Mutex, mpsc};

use futures::FutureExt;
use futures::future::join_all;
use lionpride_concurrency::{BoxCallable, Callable, Limiter, callable, dispatch, pipeline};

use tokio::runtime::Builder;

use crate::places::{DB, place};

fn double(n: u32) -> u32 {
    n * 2
}

#[dispatch]
fn dispatched(n: u32) -> u32 {
    n * 2
}

async fn later(n: u32) -> u32 {
    for _ in 0..n % 3 {
        tokio::task::yield_now().await;
    }
    n * 2
}

/// How many are inside at once, and how many were at most.
#[derive(Clone, Default)]
struct Inside(Arc<(AtomicUsize, AtomicUsize)>);

impl Inside {
    fn enter(&self) {
        let now = self.0.0.fetch_add(1, SeqCst) + 1;
        self.0.1.fetch_max(now, SeqCst);
    }

    fn leave(&self) {
        self.0.0.fetch_sub(1, SeqCst);
    }

    fn most(&self) -> usize {
        self.0.1.load(SeqCst)
    }
}

async fn all_kinds_keep_the_order() {
    let items: Vec<u32> = (0..200).collect();
    let doubled: Vec<u32> = items.iter().map(|n| n * 2).collect();
    let inner = pipeline!(|n: u32| n, later);
    let boxed: BoxCallable<u32, u32> = callable!(double).boxed();
    assert_eq!(pipeline!(each(4, double)).call(items.clone()).await, doubled);
    assert_eq!(pipeline!(each(4, dispatched)).call(items.clone()).await, doubled);
    assert_eq!(pipeline!(each(4, later)).call(items.clone()).await, doubled);
    assert_eq!(pipeline!(each(4, inline(double))).call(items.clone()).await, doubled);
    assert_eq!(pipeline!(each(4, blocking(double))).call(items.clone()).await, doubled);
    assert_eq!(pipeline!(each(4, on(DB, double))).call(items.clone()).await, doubled);
    assert_eq!(pipeline!(each(4, inner)).call(items.clone()).await, doubled);
    assert_eq!(pipeline!(each(4, boxed)).call(items.clone()).await, doubled);
    let spawned = tokio::spawn(pipeline!(each(4, double), each(3, later)).call(items));
    assert_eq!(spawned.await.unwrap()[199], 199 * 4);
}

#[tokio::test]
async fn all_kinds_keep_the_order_on_one_thread() {
    all_kinds_keep_the_order().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_kinds_keep_the_order_on_several() {
    all_kinds_keep_the_order().await;
}

#[tokio::test]
async fn closures_know_the_item() {
    let p = pipeline!(
        |text: &'static str| text.split(' '),
        each(2, |word| word.len() - 1),
        each(2, |n| n + 1),
        each(2, |n| async move { n + 1 }),
        each(2, inline(|n| n * 2)),
        each(2, async move |n| n + 1),
        each(2, on(DB, |n| n.to_string())),
        |all| all.join(" "),
    );
    assert_eq!(p.call("a bc def").await, "5 7 9");
}

#[tokio::test]
async fn any_collection_will_do_and_an_empty_one_too() {
    let p = pipeline!(|n: u32| (0..n).collect::<VecDeque<_>>(), each(2, double));
    assert_eq!(p.call(3).await, [0, 2, 4]);
    assert_eq!(p.call(0).await, [0; 0]);
    let pairs = pipeline!(each(2, |(k, v): (u32, u32)| k + v));
    assert_eq!(pairs.call(BTreeMap::from([(1, 2), (3, 4)])).await, [3, 7]);
    let spread = pipeline!(each(2, |k: u32, v: u32| k + v));
    assert_eq!(spread.call(BTreeMap::from([(1, 2)])).await, [3]);
    assert_eq!(pipeline!(each(2, later)).call(Some(1)).await, [2]);
    assert_eq!(pipeline!(each(2, later)).call([0; 0]).await, [0; 0]);
    assert_eq!(pipeline!(each(2, inline(later_than))).call(None).await, [0; 0]);
}

fn later_than(n: u32) -> u32 {
    n
}

#[tokio::test]
async fn sync_work_is_so_many_jobs_however_many_items() {
    // Each of the first four items waits for the three others, so that four workers there are.
    let (together, jobs) = (Arc::new(Barrier::new(4)), Arc::new(Mutex::new(HashSet::new())));
    let (noted, inside) = (Arc::clone(&jobs), Inside::default());
    let seen = inside.clone();
    let p = pipeline!(each(4, move |n: u32| {
        seen.enter();
        noted.lock().unwrap().insert(tokio::task::id());
        if n < 4 {
            together.wait();
        }
        seen.leave();
        n
    }));
    assert_eq!(p.hops(), 4);
    assert_eq!(p.call((0..500).collect::<Vec<_>>()).await.len(), 500);
    assert_eq!((jobs.lock().unwrap().len(), inside.most()), (4, 4));
}

#[tokio::test]
async fn a_slow_item_holds_up_no_other() {
    let (go, wait) = mpsc::channel();
    let (go, wait) = (Mutex::new(Some(go)), Mutex::new(wait));
    let p = pipeline!(each(2, move |n: u32| {
        match n {
            0 => wait.lock().unwrap().recv().unwrap(),
            99 => go.lock().unwrap().take().unwrap().send(()).unwrap(),
            _ => {}
        }
        n
    }));
    assert_eq!(p.call((0..100).collect::<Vec<_>>()).await, (0..100).collect::<Vec<_>>());
}

#[tokio::test]
async fn async_calls_are_bounded() {
    let inside = Inside::default();
    let seen = inside.clone();
    let p = pipeline!(each(3, move |n: u32| {
        let seen = seen.clone();
        async move {
            seen.enter();
            tokio::task::yield_now().await;
            seen.leave();
            n
        }
    }));
    assert_eq!((p.hops(), p.is_async()), (0, true));
    assert_eq!(p.call((0..50).collect::<Vec<_>>()).await.len(), 50);
    assert_eq!(inside.most(), 3);
}

#[tokio::test]
async fn a_dispatcher_bounds_its_own() {
    let limiter = Limiter::new("two", 2);
    let inside = limiter.clone();
    let p = pipeline!(each(8, on(limiter, move |_: u32| inside.in_use())));
    let seen = p.call((0..20).collect::<Vec<_>>()).await;
    assert!(seen.iter().all(|&in_use| in_use == 1 || in_use == 2), "{seen:?}");
    let places = pipeline!(each(2, on(DB, |_: u32| place()))).call(vec![1]).await;
    assert_eq!(places, ["db: each(2, on(DB, |_: u32| place()))"]);
}

fn small(n: u32) -> Result<u32, String> {
    if n < 10 { Ok(n) } else { Err(format!("{n} is too large")) }
}

async fn small_later(n: u32) -> Result<u32, String> {
    small(later(n).await / 2)
}

#[tokio::test]
async fn a_question_mark_stops_at_the_first_error_in_their_order() {
    let items = || vec![1, 2, 11, 3, 12, 13, 10];
    let first = Err("11 is too large".to_owned());
    assert_eq!(pipeline!(each(4, small)?).call(items()).await, first);
    assert_eq!(pipeline!(each(1, small)?).call(items()).await, first);
    assert_eq!(pipeline!(each(4, small_later)?).call(items()).await, first);
    assert_eq!(pipeline!(each(4, small?)).call(items()).await, first);
    assert_eq!(pipeline!(each(4, |n: u32| small(n)?)).call(items()).await, first);
    assert_eq!(pipeline!(each(4, inline(small))?).call(items()).await, first);
    assert_eq!(pipeline!(each(4, on(DB, small))?).call(items()).await, first);
    assert_eq!(pipeline!(each(4, pipeline!(small?, |n| n))?).call(items()).await, first);
    assert_eq!(pipeline!(each(4, small)?, |all| all.len()).call(vec![1, 2]).await, Ok(2));
    let kept = pipeline!(each(4, small)).call(vec![1, 10]).await;
    assert_eq!(kept, [Ok(1), Err("10 is too large".to_owned())]);
}

#[tokio::test]
async fn the_first_error_is_the_first_in_order_also_where_a_later_one_came_before() {
    let (go, wait) = mpsc::channel();
    let (go, wait) = (Mutex::new(Some(go)), Mutex::new(wait));
    let p = pipeline!(each(2, move |n: u32| {
        match n {
            0 => wait.lock().unwrap().recv().unwrap(),
            1 => drop(go.lock().unwrap().take().map(|go| go.send(()))),
            _ => {}
        }
        Err::<u32, u32>(n)
    })?);
    assert_eq!(p.call((0..100).collect::<Vec<_>>()).await, Err(0));
}

#[tokio::test]
async fn an_error_leaves_the_rest_undone() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let p = pipeline!(each(2, move |n: u32| {
        counted.fetch_add(1, SeqCst);
        Err::<u32, u32>(n)
    })?);
    assert_eq!(p.call((0..100).collect::<Vec<_>>()).await, Err(0));
    assert!(calls.load(SeqCst) <= 2);
}

#[tokio::test]
async fn a_panic_keeps_its_payload_and_stops_the_others() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let p = pipeline!(each(1, move |n: u32| {
        counted.fetch_add(1, SeqCst);
        if n == 3 { std::panic::panic_any(77_u8) } else { n }
    }));
    let panic = AssertUnwindSafe(p.call((0..100).collect::<Vec<_>>())).catch_unwind().await;
    assert_eq!(panic.unwrap_err().downcast_ref::<u8>(), Some(&77));
    assert_eq!(calls.load(SeqCst), 4);
    let p =
        pipeline!(each(2, async |n: u32| if n == 3 { std::panic::panic_any(78_u8) } else { n }));
    let panic = AssertUnwindSafe(p.call(vec![1, 2, 3])).catch_unwind().await;
    assert_eq!(panic.unwrap_err().downcast_ref::<u8>(), Some(&78));
}

#[tokio::test]
async fn dropping_the_call_frees_the_items_and_stops_at_the_next() {
    let (started, has_started) = tokio::sync::oneshot::channel();
    let (go, wait) = mpsc::channel::<()>();
    let (started, wait) = (Mutex::new(Some(started)), Mutex::new(wait));
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let p = pipeline!(each(1, move |item: Arc<()>| {
        counted.fetch_add(1, SeqCst);
        if let Some(started) = started.lock().unwrap().take() {
            started.send(()).unwrap();
            let _ = wait.lock().unwrap().recv();
        }
        item
    }));
    let item = Arc::new(());
    let mut call = Box::pin(p.call(vec![Arc::clone(&item); 50]));
    assert_eq!(Arc::strong_count(&item), 51);
    tokio::select! {
        _ = &mut call => unreachable!("the first item waits"),
        started = has_started => started.unwrap(),
    }
    drop(call);
    // Only the item that is being worked on is left.
    assert_eq!(Arc::strong_count(&item), 2);
    drop(go);
    while Arc::strong_count(&item) > 1 {
        tokio::task::yield_now().await;
    }
    assert_eq!(calls.load(SeqCst), 1);
}

#[test]
fn a_worker_that_never_starts_holds_up_nothing() {
    let runtime = Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    let p = pipeline!(each(8, double));
    let all = runtime.block_on(async {
        let items = || (0..20).collect::<Vec<u32>>();
        join_all((0..4).map(|_| p.call(items()))).await
    });
    assert!(all.iter().all(|doubled| doubled[19] == 38));
}

#[test]
fn a_limit_of_zero_panics_where_the_pipeline_is_made() {
    let located = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&located);
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let zero = "the limit of `each` must be at least 1";
        let is_it = info.payload().downcast_ref::<&str>() == Some(&zero);
        if let Some(place) = info.location().filter(|at| is_it && at.file().ends_with("each.rs")) {
            seen.store(place.line() as usize, SeqCst);
        }
        hook(info);
    }));
    let zero = usize::from(std::env::args().count() == 0);
    let line = line!() + 1;
    let made = catch_unwind(|| pipeline!(|n: u32| [n], each(zero, double)).hops());
    let message = *made.unwrap_err().downcast::<&str>().unwrap();
    assert_eq!(message, "the limit of `each` must be at least 1");
    assert_eq!(located.load(SeqCst), line as usize);
}

#[tokio::test]
async fn the_limit_is_evaluated_once_and_before_the_function() {
    let evaluated = Cell::new(0);
    let next = |is: usize| {
        assert_eq!(evaluated.replace(is + 1), is);
        2
    };
    let p = pipeline!(each(next(0), {
        next(1);
        double
    }));
    assert_eq!(p.call(vec![1]).await, [2]);
    assert_eq!(p.call(vec![1]).await, [2]);
    assert_eq!(evaluated.get(), 2);
}

#[tokio::test]
async fn static_borrows_pass_through() {
    fn trim(text: &'static str) -> &'static str {
        text.trim()
    }
    async fn check(text: &'static str) -> Result<&'static str, &'static str> {
        if text.is_empty() { Err("empty") } else { Ok(text) }
    }
    let p = pipeline!(each(2, trim), each(2, check)?, each(2, inline(trim)));
    assert_eq!(tokio::spawn(p.call(vec![" ab ", "c"])).await.unwrap(), Ok(vec!["ab", "c"]));
    let task = tokio::spawn(async move { p.call(vec!["  "]).await });
    assert_eq!(task.await.unwrap(), Err("empty"));
}

#[tokio::test]
async fn the_plan_says_how_many_hops_it_is_at_most() {
    let inner = pipeline!(double, later, double);
    let p = pipeline!(
        |n: u32| vec![n; 3],
        each(4, double),
        each(3, later),
        each(2, inline(double)),
        each(5, on(DB, double)),
        each(2, inner),
        |all| all.len(),
    );
    assert_eq!(
        p.to_string(),
        "\
1. |n: u32| vec![n; 3]      sync    hop 1
2. each(4, double)          sync    hops 2 to 5
3. each(3, later)           async   in place
4. each(2, inline(double))  inline  in place
5. each(5, on(DB, double))  sync    hop 6
6. each(2, inner)           async   hops 7 to 8
7. |all| all.len()          sync    hop 9"
    );
    assert_eq!(p.hops(), 9);
    assert_eq!(p.call(1).await, 3);
}

#[tokio::test]
async fn names_of_the_users_are_their_own() {
    let (draft, items, all, n, s, o, x) = (1, 2, 3, 4, 5, 6, 7);
    let job = pipeline!(
        |v: Vec<u32>| v,
        each(n, move |v| v + draft + items + all + s + o + x),
        join(move |v| v.len() + n, move |v| v[0] + x),
    );
    assert_eq!(job.call(vec![1]).await, (5, 32));
}

#[test]
fn dropping_a_call_that_is_queued_frees_its_items() {
    let runtime = Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    let (go, wait) = mpsc::channel::<()>();
    runtime.block_on(async {
        let busy = tokio::task::spawn_blocking(move || wait.recv());
        let item = Arc::new(());
        let p = pipeline!(each(4, |item: Arc<()>| item));
        let mut call = Box::pin(p.call(vec![Arc::clone(&item); 9]));
        assert!(futures::poll!(&mut call).is_pending());
        assert_eq!(Arc::strong_count(&item), 10);
        drop(call);
        assert_eq!(Arc::strong_count(&item), 1);
        drop(go);
        assert!(busy.await.unwrap().is_err());
    });
}

#[test]
fn a_pool_of_one_thread_does_all_of_it() {
    let runtime = Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    let (started, has_started) = mpsc::channel();
    let (go, wait) = mpsc::channel::<()>();
    let doubled = runtime.block_on(async move {
        // The first item lets a blocking task in before the other workers.
        let wait = Mutex::new(Some(wait));
        let p = pipeline!(each(4, move |n: u32| {
            if let Some(wait) = wait.lock().unwrap().take() {
                drop(tokio::task::spawn_blocking(move || wait.recv()));
                started.send(()).unwrap();
            }
            n * 2
        }));
        p.call(vec![1, 2, 3]).await
    });
    assert_eq!(doubled, [2, 4, 6]);
    assert!(has_started.recv().is_ok());
    drop(go);
}
