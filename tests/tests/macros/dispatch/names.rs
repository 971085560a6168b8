//! The names that the macro makes up, and those of functions that other macros make.

use lionpride_concurrency::dispatch;

macro_rules! with_the_callers_name {
    ($name:ident, $owned:ident, $arg:ident, $value:expr) => {
        #[dispatch]
        fn $name($arg: u32, x: u32, (y, _): (u32, u32), _: String, __arg1: u32) -> u32 {
            $value * 1000 + x * 100 + y * 10 + __arg1
        }

        #[dispatch(owned)]
        fn $owned($arg: &u32, x: &u32, &(y, _): &(u32, u32), _: &str, __arg1: &u32) -> u32 {
            *$value * 1000 + *x * 100 + y * 10 + *__arg1
        }
    };
}

with_the_callers_name!(same, same_owned, x, x);
with_the_callers_name!(made_up, made_up_owned, __arg1, __arg1);
with_the_callers_name!(made_up_too, made_up_too_owned, __arg2, __arg2);

macro_rules! with_the_callers_patterns {
    ($name:ident, $inline:ident, $a:pat, $b:pat, $value:expr) => {
        #[dispatch]
        fn $name($a: (u32, u32), x: u32, $b: (u32, u32), (__arg0, _): (u32, u32)) -> u32 {
            let add = move || x * 10 + __arg0;
            $value * 100 + add()
        }

        #[dispatch(inline)]
        fn $inline($a: (u32, u32), x: u32, $b: (u32, u32), (__arg0, _): (u32, u32)) -> u32 {
            $value * 100 + x * 10 + __arg0
        }
    };
}

with_the_callers_patterns!(
    patterns,
    patterns_inline,
    (x, __arg0),
    (_, __arg1),
    x + __arg0 + __arg1
);

#[tokio::test]
async fn two_arguments_of_one_name_differ_where_two_macros_gave_it() {
    let text = String::new;
    assert_eq!(same(1, 2, (3, 0), text(), 4).await, 1234);
    assert_eq!(same_owned(&1, &2, &(3, 0), "", &4).await, 1234);
    assert_eq!(made_up(1, 2, (3, 0), text(), 4).await, 1234);
    assert_eq!(made_up_owned(&1, &2, &(3, 0), "", &4).await, 1234);
    assert_eq!(made_up_too(1, 2, (3, 0), text(), 4).await, 1234);
    assert_eq!(made_up_too_owned(&1, &2, &(3, 0), "", &4).await, 1234);
    assert_eq!(patterns((1, 2), 3, (0, 4), (5, 0)).await, 735);
    assert_eq!(patterns_inline((1, 2), 3, (0, 4), (5, 0)).await, 735);
}

#[derive(Clone)]
struct Store(u32);

macro_rules! method {
    ($name:ident, |$this:ident, $arg:ident| $value:block) => {
        impl Store {
            #[dispatch(owned)]
            fn $name(&$this, $arg: &u32, __arg1: &u32, _: &u32) -> u32 {
                let (__arg0, this) = (10, $this.0);
                let add = || this + __arg0 + *__arg1;
                ($value) + add()
            }
        }
    };
}

method!(first, |self, __arg0| {
    let this = 1000;
    this + *__arg0 + self.0
});
method!(second, |self, __arg1| {
    let (this, __arg0) = (1000, 0);
    this + *__arg1 + __arg0 + self.0
});

macro_rules! methods {
    ($arg:pat, $value:expr) => {
        #[dispatch]
        trait Trait: Sync {
            async fn asynchronous(&self, $arg: u32, x: u32, (y, _): (u32, u32)) -> u32 {
                $value * 100 + x * 10 + y
            }

            #[dispatch(inline)]
            fn inline(&self, $arg: u32, x: u32, _: u32, __arg3: u32) -> u32 {
                $value * 100 + x * 10 + __arg3
            }
        }
    };
}

methods!(x, x);

impl Trait for Store {}

#[tokio::test]
async fn methods_of_two_macros_keep_their_names_apart() {
    assert_eq!(Store(1).first(&200, &30, &0).await, 1000 + 200 + 1 + 1 + 10 + 30);
    assert_eq!(Store(1).second(&200, &30, &0).await, 1000 + 200 + 1 + 1 + 10 + 30);
    assert_eq!(Store(1).asynchronous(1, 2, (3, 0)).await, 123);
    assert_eq!(Store(1).inline(1, 2, 0, 3).await, 123);
}
