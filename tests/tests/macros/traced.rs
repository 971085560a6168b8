//! `traced()`: an error comes with the stage that it is from.

use std::error::Error;
use std::num::ParseIntError;

use futures::{StreamExt, stream};
use lionpride_concurrency::{Callable, Failed, pipeline};

fn at_most(limit: u32) -> impl Fn(u32) -> Result<u32, u32> + Clone {
    move |n| if n > limit { Err(n) } else { Ok(n) }
}

async fn later_at_most_four(n: u32) -> Result<u32, u32> {
    tokio::task::yield_now().await;
    at_most(4)(n)
}

#[tokio::test]
async fn each_kind_of_stage_is_found() {
    let p = pipeline!(
        inline(at_most(9))?,
        |n| n,
        at_most(8)?,
        inline(at_most(7))?,
        |n| async move { n },
        |n| n,
        (|n| at_most(6)(n))?,
        inline(|n| at_most(5)(n)?),
        later_at_most_four?,
        pipeline!(|n: u32| n, |n| at_most(3)(n)?)?,
        |n| n,
        at_most(2)?,
        |n| n,
    )
    .traced();
    let found = async |n| {
        let failed = p.call(n).await.unwrap_err();
        assert_eq!(*failed.error(), n);
        let line = p.to_string().lines().nth(failed.index()).map(str::to_owned);
        assert!(line.unwrap().contains(failed.stage()));
        (failed.index(), failed.stage())
    };
    assert_eq!(p.call(2).await, Ok(2));
    assert_eq!(found(10).await, (0, "inline(at_most(9))?"));
    assert_eq!(found(9).await, (2, "at_most(8)?"));
    assert_eq!(found(8).await, (3, "inline(at_most(7))?"));
    assert_eq!(found(7).await, (6, "(|n| at_most(6)(n))?"));
    assert_eq!(found(6).await, (7, "inline(|n| at_most(5)(n)?)"));
    assert_eq!(found(5).await, (8, "later_at_most_four?"));
    assert_eq!(found(4).await, (9, "pipeline!(|n: u32| n, |n| at_most(3)(n)?)?"));
    assert_eq!(found(3).await, (11, "at_most(2)?"));
}

#[tokio::test]
async fn many_at_once_do_not_meet() {
    let p = pipeline!((|n: u32| at_most(30)(n))?, later_at_most_four?, at_most(2)?).traced();
    let indices = p.stream_unordered(stream::iter(0..60), 16).map(|result| match result {
        Ok(n) => (n, 3),
        Err(failed) => (*failed.error(), failed.index()),
    });
    for (n, index) in indices.collect::<Vec<_>>().await {
        let expected = if n > 30 {
            0
        } else if n > 4 {
            1
        } else if n > 2 {
            2
        } else {
            3
        };
        assert_eq!(index, expected, "{n}");
    }
}

#[tokio::test]
async fn without_a_question_mark_it_is_the_last_stage() {
    let inner = pipeline!((|n: u32| at_most(3)(n))?, at_most(2)?);
    let p = pipeline!(|n: u32| n, |n| n, inner).traced();
    let failed = p.call(5).await.unwrap_err();
    assert_eq!((failed.index(), failed.stage()), (2, "inner"));
    assert_eq!(p.call(1).await, Ok(1));
}

#[tokio::test]
async fn it_is_an_error_like_others() {
    fn parse(text: &str) -> Result<u32, ParseIntError> {
        text.parse()
    }
    let p = pipeline!(|text: &'static str| text.trim(), parse?, |n| n + 1);
    let whole = pipeline!(p.traced()?, |n| n + 1);
    assert_eq!(p.traced().hops(), p.hops());
    assert_eq!(whole.call(" 1").await.unwrap(), 3);
    let error: Box<dyn Error + Send + Sync> = whole.call("one").await.unwrap_err().into();
    assert_eq!(error.to_string(), "stage 2, `parse?`, failed");
    assert_eq!(error.source().unwrap().to_string(), "invalid digit found in string");
}

#[tokio::test]
async fn stages_of_many_are_found() {
    let p = pipeline!(
        |n: u32| at_most(10)(n)?,
        |n| [0, n],
        each(2, at_most(9))?,
        each(2, inline(at_most(8)))?,
        each(2, |n| async move { at_most(7)(n) })?,
        each(2, pipeline!(inline(at_most(6))?, |n| n))?,
        |all| all[1],
        join(at_most(5)?, |n| n),
        |(n, _)| n,
        join(|n| n, later_at_most_four?, |n| n),
        |(n, ..)| at_most(3)(n)?,
        join(inline(|n| n), inline(at_most(2))?),
        |(n, _)| n,
    )
    .traced();
    let found = async |n| {
        let failed = p.call(n).await.unwrap_err();
        assert_eq!(*failed.error(), n);
        (failed.index(), failed.stage())
    };
    assert_eq!(p.call(1).await, Ok(1));
    assert_eq!(found(11).await, (0, "|n: u32| at_most(10)(n)?"));
    assert_eq!(found(10).await, (2, "each(2, at_most(9))?"));
    assert_eq!(found(9).await, (3, "each(2, inline(at_most(8)))?"));
    assert_eq!(found(8).await, (4, "each(2, |n| async move { at_most(7)(n) })?"));
    assert_eq!(found(7).await, (5, "each(2, pipeline!(inline(at_most(6))?, |n| n))?"));
    assert_eq!(found(6).await, (7, "join(at_most(5)?, |n| n)"));
    assert_eq!(found(5).await, (9, "join(|n| n, later_at_most_four?, |n| n)"));
    assert_eq!(found(4).await, (10, "|(n, ..)| at_most(3)(n)?"));
    assert_eq!(found(3).await, (11, "join(inline(|n| n), inline(at_most(2))?)"));
}

/// The work before an `each` or a `join` runs in their step, and its errors are its own.
#[tokio::test]
async fn the_stages_before_one_of_many_are_found() {
    let each = pipeline!(|n: u32| n, at_most(2)?, |n| [n], each(1, at_most(1))?, |all| all[0]);
    let join =
        pipeline!(|n: u32| n, at_most(2)?, |n| n, join(at_most(1), at_most(2))?, |(n, _)| n);
    assert_eq!((each.call(1).await, join.call(1).await), (Ok(1), Ok(1)));
    let (each, join) = (each.traced(), join.traced());
    let index = |result: Result<u32, Failed<u32>>| result.unwrap_err().index();
    assert_eq!((index(each.call(3).await), index(join.call(3).await)), (1, 1));
    assert_eq!((index(each.call(2).await), index(join.call(2).await)), (3, 3));
}

#[tokio::test]
async fn a_converted_error_is_found() {
    let p = pipeline!(
        error = u64,
        |n: u32| [n],
        each(2, at_most(3))?,
        |all| all[0],
        join(at_most(2)?, |n| n),
        |(n, _)| n,
        at_most(1)?,
    )
    .traced();
    for (n, index) in [(4, 1), (3, 3), (2, 5)] {
        let failed = p.call(n).await.unwrap_err();
        assert_eq!((failed.index(), *failed.error()), (index, u64::from(n)));
    }
}
