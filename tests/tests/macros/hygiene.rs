//! The macros where every name they could want means something else.

#![allow(non_camel_case_types, dead_code, reason = "names that are meant to collide")]

mod reexported {
    pub(crate) mod inner {
        pub(crate) use lionpride_concurrency as renamed;
    }
}

mod hostile {
    use super::reexported::inner::renamed;

    mod core {}
    mod std {}
    mod lionpride_concurrency {}

    struct Ok;
    struct Err;
    struct Some;
    struct None;
    struct Box;
    struct Arc;
    struct Result;
    struct Option;
    struct Send;
    struct Future;
    struct Job;
    struct RunSync;
    struct Callable;
    struct Question;
    struct Plain;
    fn run_sync() {}
    fn probe() {}
    fn step() {}
    fn settle() {}

    #[renamed::dispatch(crate = super::reexported::inner::renamed)]
    fn sum(f: u32, self_: u32, __arg0: u32, (x, stages): (u32, u32), result: u32) -> u32 {
        f + self_ + __arg0 + x + stages + result
    }

    #[renamed::dispatch(crate = renamed)]
    fn iterate(fut: u32) -> impl Iterator<Item = u32> + ::core::marker::Send {
        0..fut
    }

    #[renamed::dispatch(inline, crate = renamed)]
    fn cheap(rt: &u32) -> u32 {
        *rt
    }

    pub(super) async fn runs() -> u32 {
        use renamed::Callable as _;
        let (f, x, draft, stages, s0, x0, this) = (1, 2, 3, 4, 5, 6, 7);
        let all = move |n: u32| n + f + x + draft + stages + s0 + x0 + this;
        let pipeline = renamed::pipeline!(
            |n: u32| n,
            all,
            async move |n| n + f + x,
            (move |n| ::core::result::Result::Ok::<u32, ()>(n + draft))?,
            inline(move |n| n + s0),
        );
        let callable = renamed::callable!(all);
        let awaited = renamed::callable!(async move |f: u32, x: u32| f + x + x0);
        let ran = pipeline.call(callable.call(0).await).await.unwrap_or(0);
        ran + awaited.call((1, 1)).await
            + sum(1, 1, 1, (1, 1), 1).await
            + iterate(2).await.sum::<u32>()
            + 1
            + cheap(&1).await
    }
}

#[tokio::test]
async fn nothing_collides() {
    // 28 twice, 3 and 3 and 5; 8; 6, 2, 1
    assert_eq!(hostile::runs().await, 67 + 8 + 9);
}

#[tokio::test]
async fn macros_may_stand_in_macros() {
    use lionpride_concurrency::{Callable, callable, pipeline};

    macro_rules! chain {
        ($($stage:expr),*) => { pipeline!($($stage),*) };
    }
    macro_rules! wrapped {
        ($f:expr) => {
            callable!($f)
        };
    }
    let chain = chain!(|n: u32| n + 1, |n| async move { n * 2 }, async |n| n + 1);
    assert_eq!(chain.call(1).await, 5);
    assert_eq!(wrapped!(|n: u32| n).call(1).await, 1);
    assert_eq!(wrapped!(inline(|n: u32| n)).hops(), 0);
}
