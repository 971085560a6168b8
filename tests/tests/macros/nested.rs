//! Callables within a pipeline: their sync edges share a hop with the stages around them.

use std::sync::Arc;
use std::sync::mpsc;

use lionpride_concurrency::{BoxCallable, Callable, Failed, Limiter, callable, pipeline, run_sync};
use tokio::runtime::Builder;

use crate::pipeline::Jobs;

static DB: Limiter = Limiter::new("db", 1);

async fn later(n: u32) -> u32 {
    tokio::task::yield_now().await;
    n + 1
}

/// A sync stage that notes the job it runs in, and adds one.
fn noting(jobs: &Jobs) -> impl Fn(u32) -> u32 + Send + Sync + Clone + 'static {
    let jobs = jobs.clone();
    move |n| {
        jobs.note();
        n + 1
    }
}

/// A sync stage that refuses one value with an error.
fn refusing<E: Clone + Send + Sync + 'static>(
    refused: u32,
    error: E,
) -> impl Fn(u32) -> Result<u32, E> + Send + Sync + Clone + 'static {
    move |n| if n == refused { Err(error.clone()) } else { Ok(n) }
}

#[tokio::test]
async fn a_sync_pipeline_is_a_part_of_its_neighbours_hop() {
    let jobs = Jobs::default();
    let next = noting(&jobs);
    let inner = pipeline!(next.clone(), inline(|n| n * 2), next.clone());
    let p = pipeline!(next.clone(), inner, inline(|n| n + 1), next.clone());
    assert_eq!((p.hops(), p.is_async()), (1, false));
    assert_eq!(p.call(1).await, 9);
    assert_eq!(jobs.counted(), (4, 1));
    assert_eq!(
        p.to_string(),
        "\
1. next.clone()       sync    hop 1
2. inner              sync    hop 1
3. inline(|n| n + 1)  inline  hop 1
4. next.clone()       sync    hop 1"
    );
}

#[tokio::test]
async fn an_async_stage_within_parts_the_hops() {
    let jobs = Jobs::default();
    let next = noting(&jobs);
    let inner = pipeline!(next.clone(), later, next.clone());
    let p = pipeline!(next.clone(), inner, next.clone());
    assert_eq!((p.hops(), p.call(0).await, jobs.counted()), (2, 5, (4, 2)));
    let starts = pipeline!(next.clone(), later);
    let ends = pipeline!(later, next.clone());
    let p = pipeline!(next.clone(), starts, next.clone(), ends, next.clone());
    assert_eq!((p.hops(), p.call(0).await, jobs.counted()), (3, 7, (4 + 5, 2 + 3)));
    assert_eq!(
        p.to_string(),
        "\
1. next.clone()  sync    hop 1
2. starts        async   hop 1
3. next.clone()  sync    hop 2
4. ends          async   hop 3
5. next.clone()  sync    hop 3"
    );
}

#[tokio::test]
async fn what_comes_first_or_last_or_alone_hops_as_ever() {
    let jobs = Jobs::default();
    let inner = pipeline!(noting(&jobs), noting(&jobs));
    let alone = pipeline!(inner.clone());
    let first = pipeline!(inner.clone(), later);
    let last = pipeline!(later, inner.clone());
    for (hops, n) in [
        (alone.hops(), alone.call(0).await),
        (first.hops(), first.call(0).await - 1),
        (last.hops(), last.call(0).await - 1),
    ] {
        assert_eq!((hops, n), (1, 2));
    }
    assert_eq!(jobs.counted(), (6, 3));
}

#[tokio::test]
async fn inline_stages_alone_go_where_the_value_is() {
    let jobs = Jobs::default();
    let next = noting(&jobs);
    let cheap = pipeline!(inline(next.clone()));
    assert_eq!((cheap.hops(), cheap.call(0).await, jobs.counted()), (0, 1, (1, 0)));
    let p = pipeline!(cheap.clone(), later, cheap.clone(), next.clone(), cheap.clone());
    assert_eq!((p.hops(), p.call(0).await, jobs.counted()), (1, 5, (1 + 4, 1)));
}

#[tokio::test]
async fn callables_fuse_as_functions_do_and_those_with_a_place_do_not() {
    let jobs = Jobs::default();
    let next = noting(&jobs);
    let boxed: BoxCallable<u32, u32> = callable!(next.clone()).boxed();
    let (sync, cheap) = (callable!(next.clone()), callable!(inline(next.clone())));
    let deep = pipeline!(boxed.clone(), sync.clone()).boxed();
    let p = pipeline!(next.clone(), boxed, sync, cheap, deep, next.clone());
    assert_eq!((p.hops(), p.call(0).await, jobs.counted()), (1, 7, (7, 1)));

    let placed = callable!(on(DB, next.clone()));
    let p = pipeline!(next.clone(), placed.clone(), pipeline!(placed), next.clone());
    assert_eq!((p.hops(), p.call(0).await, jobs.counted()), (4, 4, (7 + 4, 1 + 4)));
}

#[tokio::test]
async fn pipelines_within_pipelines_within_pipelines() {
    let jobs = Jobs::default();
    let next = noting(&jobs);
    let one = pipeline!(next.clone());
    let two = pipeline!(one.clone(), one.clone());
    let four = pipeline!(two.clone(), two.clone());
    let p = pipeline!(four.clone(), later, four.clone(), two);
    assert_eq!((p.hops(), p.call(0).await, jobs.counted()), (2, 11, (10, 2)));
}

/// Errors of three types, at each place of a hop that crosses two borders.
#[tokio::test]
async fn an_error_is_that_of_its_own_pipeline() {
    #[derive(Debug, PartialEq)]
    enum AppError {
        Text(&'static str),
        Number(u8),
    }
    impl From<&'static str> for AppError {
        fn from(text: &'static str) -> Self {
            Self::Text(text)
        }
    }
    impl From<u8> for AppError {
        fn from(number: u8) -> Self {
            Self::Number(number)
        }
    }

    let innermost = pipeline!(|n: u32| n, |n| n);
    let inner = pipeline!(refusing(2, 22_u8)?, innermost, refusing(3, 33)?);
    let p = pipeline!(error = AppError, refusing(1, "one")?, inner?, refusing(4, "four")?);
    assert_eq!(p.hops(), 1);
    assert_eq!(p.call(0).await, Ok(0));
    assert_eq!(p.call(1).await, Err(AppError::Text("one")));
    assert_eq!(p.call(2).await, Err(AppError::Number(22)));
    assert_eq!(p.call(3).await, Err(AppError::Number(33)));
    assert_eq!(p.call(4).await, Err(AppError::Text("four")));

    let traced = p.traced();
    for n in 1..=4 {
        let failed: Failed<AppError> = traced.call(n).await.unwrap_err();
        assert_eq!(failed.index(), [0, 1, 1, 2][n as usize - 1], "{failed}");
    }
}

/// The types of fused stages are cut into parts, which nobody is to notice.
#[tokio::test]
async fn thirty_stages_are_one_job_and_each_knows_its_place() {
    let jobs = Jobs::default();
    let noted = noting(&jobs);
    let refuse = |n: u32| refusing(n, n);
    let p = pipeline!(
        noted.clone(),
        noted.clone(),
        noted.clone(),
        noted.clone(),
        noted.clone(),
        noted.clone(),
        refuse(100)?,
        noted.clone(),
        noted.clone(),
        noted.clone(),
        noted.clone(),
        noted.clone(),
        refuse(200)?,
        noted.clone(),
        noted.clone(),
        noted.clone(),
        inline(|n| n),
        noted.clone(),
        noted.clone(),
        noted.clone(),
        noted.clone(),
        noted.clone(),
        noted.clone(),
        refuse(300)?,
        refuse(400)?,
        refuse(500)?,
        noted.clone(),
        noted.clone(),
        noted.clone(),
        inline(|n| n),
    );
    assert_eq!((p.hops(), p.call(0).await, jobs.counted()), (1, Ok(23), (23, 1)));
    for (refused, before, index) in
        [(100, 6, 6), (200, 11, 12), (300, 20, 23), (400, 20, 24), (500, 20, 25)]
    {
        let failed = p.traced().call(refused - before).await.unwrap_err();
        assert_eq!((failed.index(), failed.into_error()), (index, refused));
    }
}

#[tokio::test]
async fn without_a_question_mark_a_result_goes_on_as_it_is() {
    let inner = pipeline!(refusing(1, "one")?, |n| n + 1);
    let p = pipeline!(|n: u32| n, inner, |result| result.map_or(0, |n| n * 10));
    assert_eq!((p.hops(), p.call(1).await, p.call(2).await), (1, 0, 30));

    let first = pipeline!(refusing(5, "five")?, pipeline!(|n: u32| n), |n| n);
    assert_eq!((first.hops(), first.call(5).await, first.call(6).await), (1, Err("five"), Ok(6)));
}

#[tokio::test]
async fn a_panic_in_work_that_crosses_keeps_its_payload() {
    let inner = pipeline!(|n: u32| if n == 1 { std::panic::panic_any(7_u8) } else { n }, |n| n);
    let p = pipeline!(|n: u32| if n == 2 { std::panic::panic_any(8_u8) } else { n }, inner, |n| n);
    for (n, payload) in [(1, 7), (2, 8)] {
        let panic = tokio::spawn(p.call(n)).await.unwrap_err().into_panic();
        assert_eq!(panic.downcast_ref::<u8>(), Some(&payload));
    }
    assert_eq!(p.call(3).await, 3);
}

/// Whatever a stage captures goes with the call, and a queued hop goes with it at once.
#[test]
fn a_call_that_is_dropped_while_queued_never_runs() {
    let runtime = Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    let jobs = Jobs::default();
    let token = Arc::new(());
    let held = Arc::clone(&token);
    let p = pipeline!(move |n: u32| (n, Arc::clone(&held)), pipeline!(noted(&jobs), |n| n), |n| n);
    runtime.block_on(async {
        let (release, released) = mpsc::channel::<()>();
        let mut busy = std::pin::pin!(run_sync(move || released.recv()));
        assert!(futures::poll!(busy.as_mut()).is_pending());
        let mut call = Box::pin(p.call(1));
        assert!(futures::poll!(call.as_mut()).is_pending());
        drop(call);
        release.send(()).unwrap();
        busy.await.unwrap();
    });
    drop(runtime);
    assert_eq!(jobs.counted().0, 0);
    drop(p);
    assert_eq!(Arc::strong_count(&token), 1);
}

fn noted(jobs: &Jobs) -> impl Fn((u32, Arc<()>)) -> u32 + Send + Sync + 'static {
    let jobs = jobs.clone();
    move |(n, _)| {
        jobs.note();
        n
    }
}
