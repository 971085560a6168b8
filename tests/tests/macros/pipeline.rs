//! What a pipeline computes, and in how many hops.

use std::num::ParseIntError;
use std::sync::{Arc, Mutex};

use lionpride_concurrency::{BoxCallable, Callable, callable, dispatch, pipeline};

#[dispatch]
fn parse(text: String) -> Result<u32, ParseIntError> {
    text.trim().parse()
}

#[dispatch]
async fn enrich(n: u32) -> Result<u32, ParseIntError> {
    tokio::task::yield_now().await;
    Ok(n * 2)
}

fn add(a: u32, b: u32) -> u32 {
    a + b
}

async fn later(n: u32) -> u32 {
    tokio::task::yield_now().await;
    n + 1
}

/// The blocking tasks that ran a stage: tokio gives each its own id.
#[derive(Clone, Default)]
pub(crate) struct Jobs(Arc<Mutex<Vec<Option<tokio::task::Id>>>>);

impl Jobs {
    pub(crate) fn note(&self) {
        self.0.lock().unwrap().push(tokio::task::try_id());
    }

    /// How many stages ran, and in how many jobs of the pool.
    pub(crate) fn counted(&self) -> (usize, usize) {
        let ids = self.0.lock().unwrap();
        let mut distinct: Vec<_> = ids.iter().flatten().map(ToString::to_string).collect();
        distinct.sort();
        distinct.dedup();
        (ids.len(), distinct.len())
    }
}

#[tokio::test]
async fn ten_sync_stages_are_one_job() {
    let jobs = Jobs::default();
    let stage = || {
        let jobs = jobs.clone();
        move |n: u32| {
            jobs.note();
            n + 1
        }
    };
    let ten = pipeline!(
        stage(),
        stage(),
        stage(),
        stage(),
        stage(),
        stage(),
        stage(),
        stage(),
        stage(),
        stage()
    );
    assert_eq!(ten.hops(), 1);
    assert_eq!(ten.call(0).await, 10);
    assert_eq!(jobs.counted(), (10, 1));
    assert_eq!(ten.call(0).await, 10);
    assert_eq!(jobs.counted(), (20, 2));
}

#[tokio::test]
async fn dispatched_functions_fuse_and_async_stages_part_them() {
    let jobs = Jobs::default();
    let note = |jobs: &Jobs| {
        let jobs = jobs.clone();
        move |n: u32| {
            jobs.note();
            n
        }
    };
    let mixed = pipeline!(
        parse?,
        note(&jobs),
        note(&jobs),
        enrich?,
        note(&jobs),
        inline(note(&jobs)),
        later,
        later,
        note(&jobs),
    );
    assert_eq!(mixed.hops(), 3);
    assert_eq!(mixed.call("20".to_owned()).await, Ok(42));
    assert_eq!(jobs.counted(), (5, 3));
}

#[tokio::test]
async fn an_error_ends_the_pipeline_without_another_hop() {
    let jobs = Jobs::default();
    let (a, b, c) = (jobs.clone(), jobs.clone(), jobs.clone());
    let stops = pipeline!(
        async move |n: u32| {
            a.note();
            if n > 9 { Err("too large") } else { Ok(n) }
        }?,
        move |n| {
            b.note();
            n
        },
        (|n| if n == 0 { Err("zero") } else { Ok(n) })?,
        move |n| {
            c.note();
            n
        },
    );
    assert_eq!(stops.call(5).await, Ok(5));
    assert_eq!(jobs.counted().0, 3);
    assert_eq!(stops.call(10).await, Err("too large"));
    assert_eq!(jobs.counted().0, 4);
    assert_eq!(stops.call(0).await, Err("zero"));
    assert_eq!(jobs.counted().0, 6);
}

#[tokio::test]
async fn a_result_without_a_question_mark_is_a_value() {
    let p = pipeline!(parse, |r: Result<u32, ParseIntError>| r.unwrap_or(7), |n| n + 1);
    assert_eq!(p.call("x".into()).await, 8);
    let q = pipeline!(parse?, |n| n.checked_sub(1).ok_or("underflow"));
    assert_eq!(q.call("0".into()).await, Ok(Err("underflow")));
}

#[tokio::test]
async fn a_question_mark_at_the_end_of_a_closure_is_the_stages() {
    fn half(n: u32) -> Result<u32, String> {
        if n & 1 == 0 { Ok(n / 2) } else { Err(format!("{n} is odd")) }
    }
    let p = pipeline!(
        |n: u32| half(n + 2)?,
        (|n| half(n - 1))?,
        inline(|n| { half(n * 2)? }),
        inline(half)?
    );
    assert_eq!(p.call(16).await, Ok(2));
    for (n, odd) in [(11, 13), (14, 7), (12, 3)] {
        assert_eq!(p.call(n).await, Err(format!("{odd} is odd")));
    }
}

#[tokio::test]
async fn a_first_stage_may_take_a_tuple_or_nothing() {
    assert_eq!(pipeline!(add, |n| n * 2).call((1, 2)).await, 6);
    assert_eq!(pipeline!(|| 5_u32, later).call(()).await, 6);
    assert_eq!(pipeline!(|n: u32| (n, n), add).call(2).await, 4);
}

#[tokio::test]
async fn pipelines_and_boxed_callables_are_stages() {
    let inner = pipeline!(|n: u32| n + 1, later, |n| n * 2);
    let boxed: BoxCallable<u32, u32> = callable!(|n: u32| n + 1).boxed();
    let p = pipeline!(|n: u32| n, inner, boxed, inline(|n| n));
    assert_eq!(p.hops(), 2);
    assert_eq!(p.call(1).await, 7);
    let whole: BoxCallable<u32, u32> = p.boxed();
    assert_eq!((whole.call(1).await, whole.hops(), whole.is_async()), (7, 2, true));
}

#[tokio::test]
async fn the_plan_is_a_line_a_stage() {
    let inner = pipeline!(|n: u32| n + 1, later, |n| n * 2);
    let p = pipeline!(
        parse?,
        |n| n + 1,
        enrich?,
        inline(|n| n),
        later,
        inline(|n| n * 3),
        inner,
        add_one
    );
    assert_eq!(
        p.to_string(),
        "\
1. parse?             sync    hop 1
2. |n| n + 1          sync    hop 1
3. enrich?            async   in place
4. inline(|n| n)      inline  in place
5. later              async   in place
6. inline(|n| n * 3)  inline  in place
7. inner              async   hops 2 to 3
8. add_one            sync    hop 3"
    );
    assert_eq!(p.hops(), 3);
}

fn add_one(n: u32) -> u32 {
    n + 1
}

#[tokio::test]
async fn a_long_stage_is_cut_in_the_plan() {
    let p = pipeline!(|text: String| text
        .chars()
        .filter(|c| c.is_alphanumeric() && !c.is_uppercase())
        .map(|c| c.to_ascii_uppercase())
        .collect::<String>());
    let plan = p.to_string();
    assert!(plan.starts_with("1. |text: String| text.chars().filter(|c| "), "{plan}");
    assert!(plan.contains("..  sync    hop 1") && plan.len() < 90, "{plan}");
}

#[tokio::test]
async fn static_borrows_pass_through_every_kind_of_stage() {
    fn trim(text: &'static str) -> &'static str {
        text.trim()
    }
    async fn check(text: &'static str) -> Result<&'static str, &'static str> {
        if text.is_empty() { Err("empty") } else { Ok(text) }
    }
    let p = pipeline!(trim, check?, trim, inline(trim), |text| text.len() + 1);
    assert_eq!(tokio::spawn(p.call(" ab ")).await.unwrap(), Ok(3));
    let task = tokio::spawn(async move { p.call("  ").await });
    assert_eq!(task.await.unwrap(), Err("empty"));
}

#[tokio::test]
async fn a_panic_in_a_stage_comes_through_whole() {
    let p = pipeline!(|n: u32| n, |n| if n > 0 { n } else { std::panic::panic_any(77_u8) });
    assert_eq!(p.call(1).await, 1);
    let panic = tokio::spawn(p.call(0)).await.unwrap_err().into_panic();
    assert_eq!(panic.downcast_ref::<u8>(), Some(&77));
}

#[tokio::test]
async fn nothing_runs_before_the_first_poll() {
    let jobs = Jobs::default();
    let noted = jobs.clone();
    let p = pipeline!(inline(move |n: u32| {
        noted.note();
        n
    }));
    drop(p.call(1));
    assert_eq!(jobs.counted().0, 0);
    p.call(1).await;
    assert_eq!(jobs.counted().0, 1);
}

#[tokio::test]
async fn forty_mixed_stages_stay_flat() {
    let p = pipeline!(
        later, add_one, later, add_one, later, add_one, later, add_one, later, add_one, later,
        add_one, later, add_one, later, add_one, later, add_one, later, add_one, later, add_one,
        later, add_one, later, add_one, later, add_one, later, add_one, later, add_one, later,
        add_one, later, add_one, later, add_one, later, add_one,
    );
    let four = pipeline!(later, add_one, later, add_one);
    assert_eq!(p.hops(), 20);
    assert_eq!(p.call(0).await, 40);
    let (large, small) = (size_of_val(&p.call(0)), size_of_val(&four.call(0)));
    assert!(large <= small + 64, "{large} against {small}");
}
