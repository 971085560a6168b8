//! No lint fires in what the macros write, however strict the crate.
#![deny(warnings, unused, clippy::all, clippy::pedantic, clippy::nursery)]
#![deny(missing_docs, unreachable_pub, unused_qualifications, single_use_lifetimes)]
#![deny(elided_lifetimes_in_paths, explicit_outlives_requirements, let_underscore_drop)]
#![deny(unsafe_code, unused_lifetimes, unused_results, variant_size_differences)]

use std::borrow::Cow;

use lionpride_concurrency::{Callable, callable, dispatch, is_async, pipeline};

#[dispatch]
fn parse(text: String, _ignored: u32, (a, b): (u32, u32)) -> Result<u32, std::num::ParseIntError> {
    let n: u32 = text.parse()?;
    if n == 0 {
        return Ok(1);
    }
    Ok(n + a + b)
}

#[dispatch]
#[must_use]
fn nothing() {}

#[dispatch]
fn one_expression(n: u32) -> u32 {
    n
}

#[dispatch]
fn diverges(n: u32) -> u32 {
    panic!("{n}")
}

#[dispatch]
fn iterate(n: u32) -> impl Iterator<Item = u32> + Send {
    0..n
}

#[dispatch(inline)]
fn cheap(text: &str) -> usize {
    text.len()
}

#[dispatch]
async fn later(n: u32) -> u32 {
    n + u32::from(cheap("a").await > 1)
}

struct Owner(u32);

impl Owner {
    #[dispatch]
    fn take(self) -> u32 {
        self.0
    }

    #[dispatch]
    fn add(mut self, n: u32) -> Self {
        self.0 += n;
        self
    }
}

tokio::task_local! {
    static REQUEST: u32;
}

#[derive(Clone)]
struct Store(u32);

#[dispatch(owned, shield, locals(REQUEST))]
impl Store {
    fn read(&self, name: &str, _: &str, _rest: Cow<'_, str>, bytes: Option<&[u8]>) -> usize {
        name.len() + bytes.map_or(0, <[u8]>::len) + usize::from(self.0 > 0)
    }

    fn nothing(&self) {}

    #[dispatch(inline)]
    fn cheap(&self, (a, b): (&u32, &u32)) -> u32 {
        a + b + self.0
    }
}

#[dispatch]
trait Stored: Sync {
    fn get(&self, key: u32) -> u32;

    async fn get_twice(&self, key: u32) -> u32 {
        2 * self.get(key).await
    }

    #[dispatch(inline)]
    fn pair(&self, (a, _): (u32, u32), _: u32) -> u32 {
        a
    }
}

#[dispatch(owned)]
impl Stored for Store {
    fn get(&self, key: u32) -> u32 {
        self.0 + key
    }
}

#[tokio::test]
async fn nothing_fires_in_blocks_and_traits() {
    let store = Store(1);
    assert_eq!(store.read("a", "b", Cow::Borrowed("c"), None).await, 2);
    store.nothing().await;
    assert_eq!(store.cheap((&1, &2)).await, 4);
    assert_eq!(store.get_twice(1).await + store.pair((1, 2), 3).await, 5);
}

#[tokio::test]
async fn nothing_fires_and_everything_works() {
    nothing().await;
    let n = parse("1".to_owned(), 1, (1, 1)).await.unwrap_or(0);
    let m = one_expression(n).await + Owner(1).add(1).await.take().await;
    drop(diverges(1));
    let all = iterate(m).await.count();
    let step = callable!(|n: usize| n + 1);
    let shared = callable!(async move |n: usize| n + all);
    assert!(!is_async!(one_expression));
    let job = pipeline!(
        |n: usize| n.checked_add(1).ok_or("large")?,
        inline(|n| n + 1),
        async |n| n + 1,
        step,
        shared,
        |n| later(u32::try_from(n).unwrap_or(0)),
    );
    assert_eq!(job.call(1).await, Ok(u32::try_from(all).unwrap_or(0) + 5));
}
