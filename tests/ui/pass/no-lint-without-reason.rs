//! Nothing is warned of that the user has not written.
#![deny(warnings, unused, unreachable_code, let_underscore_drop, unused_qualifications)]

use std::borrow::Cow;

use lionpride_concurrency::{Limiter, dispatch};

static DB: Limiter = Limiter::new("db", 4);

tokio::task_local! {
    static REQUEST: u32;
}

#[derive(Clone)]
struct Meter(u32);

#[dispatch(owned, on = DB, shield, locals(REQUEST))]
impl Meter {
    fn read(&self, name: &str, _: &str, _ignored: Cow<'_, str>, more: Option<&[u8]>) -> usize {
        name.len() + more.map_or(0, <[u8]>::len) + self.0 as usize
    }

    fn nothing(&self) {}

    fn diverges(&self) -> u32 {
        panic!("{}", self.0)
    }

    #[dispatch(inline)]
    fn cheap(&self, (a, b): (&u32, &u32)) -> u32 {
        a + b + self.0
    }

    #[dispatch(skip)]
    fn plain(&self) -> u32 {
        self.0
    }
}

#[dispatch]
trait Store: Sync {
    fn get(&self, key: u32) -> u32;

    async fn nothing(&self) {}

    async fn panics(&self) -> u32 {
        panic!("always")
    }

    #[dispatch(inline)]
    fn pair(&self, (a, _): (u32, u32), _: u32) -> u32 {
        if a == 0 {
            return 1;
        }
        a
    }
}

#[dispatch(owned)]
impl Store for Meter {
    fn get(&self, key: u32) -> u32 {
        self.0 + key
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let meter = Meter(1);
    assert_eq!(meter.read("a", "b", Cow::Borrowed("c"), Some(&[1])).await, 3);
    assert_eq!(meter.cheap((&1, &2)).await + meter.plain(), 5);
    Meter::nothing(&meter).await;
    Store::nothing(&meter).await;
    assert_eq!(meter.get(1).await + meter.pair((1, 2), 3).await, 3);
    drop((meter.diverges(), meter.panics()));
}
