//! The macros where every name they could want means something else.

#![allow(non_camel_case_types, dead_code, reason = "names that are meant to collide")]

mod reexported {
    pub(crate) mod inner {
        pub(crate) use lionpride_concurrency as renamed;
    }
}

tokio::task_local! {
    static LOCAL: u32;
}

static LIMITER: lionpride_concurrency::Limiter = lionpride_concurrency::Limiter::new("hostile", 4);

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
    struct Work;
    struct RunSync;
    struct Clone;
    struct ToOwned;
    struct Cross;
    struct Lent;
    struct Keep;
    struct String;
    struct Vec;
    struct Callable;
    struct Chosen;
    struct Dispatcher;
    struct Route;
    struct Question;
    struct Plain;
    fn run_sync() {}
    fn hop() {}
    fn own() {}
    fn lend() {}
    fn cross() {}
    fn probe() {}
    fn handle() {}
    fn standing() {}
    fn on() {}
    fn step() {}
    fn settle() {}
    fn again() {}
    fn same() {}
    fn never() {}
    fn takes() {}
    fn kept() {}

    #[renamed::dispatch(crate = super::reexported::inner::renamed)]
    fn sum(f: u32, self_: u32, __arg3: u32, (x, stages): (u32, u32), result: u32) -> u32 {
        f + self_ + __arg3 + x + stages + result
    }

    #[renamed::dispatch(crate = renamed)]
    fn iterate(fut: u32) -> impl Iterator<Item = u32> + ::core::marker::Send {
        0..fut
    }

    #[renamed::dispatch(inline, crate = renamed)]
    fn cheap(rt: &u32) -> u32 {
        *rt
    }

    #[renamed::dispatch(owned, on = super::LIMITER, shield, locals(super::LOCAL), crate = renamed)]
    fn lent(kept: &u32, this: &str, self_: ::core::option::Option<&u32>, fut: &[u32]) -> u32 {
        let hop = fut[0];
        let own = match self_ {
            ::core::option::Option::Some(n) => *n,
            ::core::option::Option::None => 0,
        };
        *kept + u32::from(this == "a") + own + hop + super::LOCAL.get()
    }

    #[derive(::core::clone::Clone)]
    struct Owner(u32);

    /// What every value can be asked for must not be asked for here.
    trait Traps: ::core::marker::Sized {
        fn own(self) {}
        fn lend(&self) {}
        fn cross(self) {}
        fn clone(&self) {}
        fn to_owned(&self) {}
        fn run(self) {}
        fn on<T>(self, _: T) {}
        fn handle(&self) {}
        fn standing(&self) {}
        fn shielded(self) {}
        fn with_local<T>(self, _: T) {}
        fn again(self) {}
        fn keep(self) {}
        fn bound(self) {}
        fn end<T>(self, _: T) {}
        fn alike<T>(self, _: T) {}
    }

    impl<T> Traps for T {}

    #[renamed::dispatch(owned, crate = renamed)]
    impl Owner {
        fn get(&self, kept: u32, result: &u32) -> u32 {
            let (this, this_) = (self.0, 1);
            this + this_ + kept + *result
        }
    }

    #[renamed::dispatch(crate = renamed)]
    trait Trait: ::core::marker::Sync {
        fn sync(&self, f: &u32) -> u32;

        async fn with_body(&self, (fut, rt): (u32, u32)) -> u32 {
            self.sync(&fut).await + rt
        }
    }

    #[renamed::dispatch(owned, crate = renamed)]
    impl Trait for Owner {
        fn sync(&self, f: &u32) -> u32 {
            self.0 + *f
        }
    }

    #[derive(::core::clone::Clone)]
    struct Client(u32);

    impl Client {
        async fn fetch(&self, x0: u32, c0: u32) -> u32 {
            tokio::task::yield_now().await;
            self.0 + x0 + c0
        }

        fn read(&mut self, x0: u32) -> u32 {
            self.0 += x0;
            self.0
        }
    }

    pub(super) async fn runs_parts() -> u32 {
        use renamed::Callable as _;
        fn add(x0: u32, c0: u32, function: u32) -> u32 {
            x0 + c0 + function
        }
        let (x0, c0, f, end, colour, client) = (1, 2, 3, 4, 5, Client(6));
        let d = &super::LIMITER;
        let parts = renamed::pipeline!(
            add(x0, _, c0),
            Client(6).fetch(f, _),
            on(super::LIMITER, add(end, _, colour)),
        );
        let read = renamed::callable!(on(*d, Client(6).read(_)));
        let function = renamed::callable!((|x1: u32, f: u32| x1 + f)(_, f));
        assert!(renamed::is_async!(client.fetch(_, c0)));
        parts.call(1).await + read.call(1).await + function.call(1).await
    }

    pub(super) async fn runs_more() -> u32 {
        let lent =
            super::LOCAL.scope(1, lent(&1, "a", ::core::option::Option::Some(&1), &[1])).await;
        let owner = Owner(1);
        lent + owner.get(1, &1).await + owner.with_body((1, 1)).await
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
            on(super::LIMITER, move |n| n),
        );
        let d = &super::LIMITER;
        let on = renamed::callable!(on(*d, all));
        let callable = renamed::callable!(all);
        let awaited = renamed::callable!(async move |f: u32, x: u32| f + x + x0);
        let put = on.call(0).await - all(0);
        let ran = put + pipeline.call(callable.call(0).await).await.unwrap_or(0);
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
    assert_eq!(hostile::runs_more().await, 5 + 4 + 3);
    assert_eq!(hostile::runs_parts().await, 22 + 7 + 4);
}

#[tokio::test]
async fn macros_may_stand_in_macros() {
    use lionpride_concurrency::{Callable, callable, pipeline};

    fn minus(a: u32, b: u32) -> u32 {
        a - b
    }

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
    macro_rules! part {
        ($f:ident, $($arg:expr),*) => {
            callable!($f($($arg),*))
        };
    }
    assert_eq!(wrapped!(minus(_, 1)).call(3).await, 2);
    assert_eq!(part!(minus, 3, _).call(1).await, 2);
    assert_eq!(chain!(minus(_, 1), minus(5, _)).call(3).await, 3);
    assert_eq!(wrapped!(inline(|n: u32| n)).hops(), 0);
    assert_eq!(wrapped!(on(LIMITER, |n: u32| n)).call(1).await, 1);
    assert_eq!(chain!(|n: u32| n, on(LIMITER, |n| n + 1)).call(1).await, 2);
}
