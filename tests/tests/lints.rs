//! No lint fires in what the macros write, however strict the crate.
#![deny(warnings, unused, clippy::all, clippy::pedantic, clippy::nursery)]
#![deny(missing_docs, unreachable_pub, unused_qualifications, single_use_lifetimes)]
#![deny(elided_lifetimes_in_paths, explicit_outlives_requirements, let_underscore_drop)]
#![deny(unsafe_code, unused_lifetimes, unused_results, variant_size_differences)]
#![deny(async_fn_in_trait, let_underscore, keyword_idents, refining_impl_trait, unit_bindings)]
#![deny(future_incompatible, nonstandard_style, redundant_lifetimes, rust_2024_compatibility)]
#![deny(clippy::unwrap_used, clippy::allow_attributes_without_reason)]
#![deny(clippy::impl_trait_in_params, clippy::try_err, clippy::str_to_string)]

use std::borrow::Cow;
use std::sync::Arc;

use lionpride_concurrency::{Callable, Limiter, callable, dispatch, is_async, pipeline};

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

const fn add(a: u32, b: u32) -> u32 {
    a + b
}

#[derive(Clone)]
struct Meter(u32);

impl Meter {
    const fn read(&self, a: u32, b: u32) -> u32 {
        self.0 + a + b
    }

    async fn fetch(&self, n: u32) -> u32 {
        tokio::task::yield_now().await;
        self.0 + n
    }
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

#[dispatch(owned, on = DB, shield, locals(KEY))]
fn borrows(text: &str, _ignored: Option<&[u8]>, rest: Cow<'_, str>, _: &u8) -> usize {
    text.len() + rest.len() + KEY.try_with(|key| *key).unwrap_or_default()
}

static DB: Limiter = Limiter::new("db", 4);

tokio::task_local! {
    static KEY: usize;
}

/// A block.
#[derive(Clone, Debug)]
pub struct Block(u32);

#[dispatch(owned)]
impl Block {
    const ONE: u32 = 1;

    /// Documented.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<u32> {
        (index == 0).then(|| self.0 + Self::ONE)
    }

    fn show(&self, suffix: &str) -> String {
        format!("{}{suffix}", self.0)
    }

    #[dispatch(inline)]
    fn set(&mut self, n: u32) {
        self.0 = n;
    }

    #[dispatch(skip)]
    const fn new(n: u32) -> Self {
        Self(n)
    }

    fn nothing(&self) {}

    async fn later(&self) -> u32 {
        tokio::task::yield_now().await;
        self.0
    }
}

/// A trait.
#[dispatch]
pub trait Store: Sync {
    /// What can go wrong.
    type Error: Send;

    /// Sync.
    fn get(&self, key: &str) -> Result<usize, Self::Error>;

    /// Async.
    async fn put(&self, key: &str, value: usize) -> Result<usize, Self::Error>;

    /// Generic.
    fn take<T: Send + Sync + Clone>(self, many: &[T]) -> Vec<T>
    where
        Self: Sized;

    /// With a body.
    async fn both(&self, key: &str, (a, _): (usize, usize)) -> Result<usize, Self::Error> {
        let found = self.get(key).await?;
        self.put(key, found + a).await
    }

    /// With a cheap one.
    #[must_use]
    #[dispatch(inline)]
    fn name(&self) -> &'static str {
        "store"
    }

    /// With one that hops.
    fn last(self) -> u32
    where
        Self: Sized + Send + 'static,
    {
        drop(self);
        0
    }
}

#[dispatch(owned)]
impl Store for Block {
    type Error = ();

    fn get(&self, key: &str) -> Result<usize, ()> {
        if key.is_empty() {
            return Err(());
        }
        usize::try_from(self.0).map_err(|_| ())
    }

    async fn put(&self, key: &str, value: usize) -> Result<usize, ()> {
        tokio::task::yield_now().await;
        Ok(key.len() + value)
    }

    #[dispatch(inline)]
    fn take<T: Send + Sync + Clone>(self, many: &[T]) -> Vec<T> {
        many.to_vec()
    }
}

#[tokio::test]
async fn nothing_fires_in_blocks_and_traits() {
    let mut block = Block::new(1);
    block.set(2).await;
    assert_eq!(block.get(0).await, Some(3));
    block.nothing().await;
    assert_eq!(block.show("!").await, "2!");
    assert_eq!(block.later().await, 2);
    assert_eq!(block.both("abc", (1, 1)).await, Ok(6));
    assert_eq!(block.clone().take(&[1]).await, [1]);
    assert_eq!(block.name().await.len(), 5);
    assert_eq!(block.last().await, 0);
    assert_eq!(borrows("a", None, Cow::Borrowed("bc"), &0).await, 3);
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
    let part = callable!(add(_, 2));
    assert_eq!(part.call(1).await, 3);
    let meter = Arc::new(Meter(1));
    let read = pipeline!(Arc::clone(&meter).read(_, 1), meter.fetch(_));
    assert_eq!(read.call(1).await, 4);
    assert!(!is_async!(add(_, 2)) && is_async!(Meter(1).fetch(_)));
    assert!(!is_async!(one_expression));
    let job = pipeline!(
        |n: usize| n.checked_add(1).ok_or("large")?,
        inline(|n| n + 1),
        async |n| n + 1,
        step,
        shared,
        |n| later(u32::try_from(n).unwrap_or(0)),
        on(DB, |n| n),
    );
    assert!(!is_async!(on(DB, one_expression)));
    assert_eq!(callable!(on(DB, |n: usize| n)).call(1).await, 1);
    assert_eq!(job.call(1).await, Ok(u32::try_from(all).unwrap_or(0) + 5));
}
