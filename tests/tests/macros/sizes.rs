//! Long pipelines: they compile without `recursion_limit`, and their futures stay small.

use lionpride_concurrency::{Callable, Limiter, pipeline};

static DB: Limiter = Limiter::new("db", 2);

fn check(n: u32) -> Result<u32, String> {
    if n > 1_000 { Err(format!("{n} is too large")) } else { Ok(n) }
}

async fn later(n: u32) -> Result<u32, String> {
    tokio::task::yield_now().await;
    Ok(n)
}

fn next(n: u32) -> u32 {
    n + 1
}

/// A pipeline of ten stages of each kind, so many times.
macro_rules! tens {
    ($($_ten:literal)*) => { tens!(@ [$($_ten)*] []) };
    (@ [$_ten:literal $($tens:literal)*] [$($stages:tt)*]) => {
        tens!(@ [$($tens)*] [
            $($stages)*
            check?, next, |n| n + 1, inline(next), later?, inline(check)?, on(DB, next),
            |n| async move { n + 1 }, blocking(check)?, (|n| check(n))?,
        ])
    };
    (@ [] [$($stages:tt)*]) => { pipeline!($($stages)*) };
}

/// `next`, so many times.
macro_rules! nexts {
    ($($_next:literal)*) => { nexts!(@ $($_next next)*) };
    (@ $($_next:literal $next:ident)*) => { pipeline!($($next),*) };
}

#[tokio::test]
async fn forty_stages_of_each_kind_are_no_larger_than_ten() {
    let (ten, twenty, forty) = (tens!(1), tens!(1 2), tens!(1 2 3 4));
    assert_eq!((forty.call(0).await, forty.hops()), (Ok(20), 4 * ten.hops() - 3));
    assert_eq!(forty.call(999).await, Err("1002 is too large".to_owned()));
    let sizes =
        [size_of_val(&ten.call(0)), size_of_val(&twenty.call(0)), size_of_val(&forty.call(0))];
    // Behind the first ten, two more stages of them share the hop of those before; and a byte or two
    // a stage say what is to be dropped.
    assert!(sizes[1] <= sizes[0] + 64 && sizes[2] <= sizes[1] + 2 * 20, "{sizes:?}");
}

#[tokio::test]
async fn fused_stages_add_a_share_each() {
    let ten = nexts!(1 2 3 4 5 6 7 8 9 10);
    let twenty = nexts!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20);
    let forty = nexts!(
        1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20
        21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40
    );
    assert_eq!((forty.call(0).await, forty.hops()), (40, 1));
    let [ten, twenty, forty] =
        [size_of_val(&ten.call(0)), size_of_val(&twenty.call(0)), size_of_val(&forty.call(0))];
    assert!(twenty - ten <= 10 * 2 * size_of::<usize>(), "{ten}, {twenty}");
    // Bytes that say what is to be dropped fill another word now and then.
    assert!(forty - twenty <= 2 * (twenty - ten) + size_of::<usize>(), "{ten}, {twenty}, {forty}");
}
