//! `#[dispatch]` on traits, and on what implements them in either colour.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::thread::{ThreadId, current};

use lionpride_concurrency::dispatch;

/// Declares methods of both colours.
#[dispatch]
trait Store: Send + Sync {
    /// An associated type may be a part of it.
    type Error: Send;

    const NAME: &'static str;

    async fn get(&self, key: &str) -> Result<Option<String>, Self::Error>;

    fn put(&self, key: &str, value: String) -> Result<(), Self::Error>;

    fn thread(&self) -> ThreadId;

    /// A default body of either colour.
    async fn has(&self, key: &str) -> Result<bool, Self::Error> {
        let found = self.get(key).await?;
        Ok(found.is_some())
    }

    #[dispatch(inline)]
    fn describe(&self, (a, b): (u32, u32), mut tail: String) -> String {
        tail.push_str(Self::NAME);
        format!("{a}{b}{tail}")
    }

    #[dispatch(owned)]
    fn copy(&self, suffix: &str) -> (Self, String)
    where
        Self: Clone + 'static,
    {
        (self.clone(), format!("{}{suffix}", Self::NAME))
    }

    fn numbers(&self) -> impl Iterator<Item = u32> + Send;

    #[dispatch(skip)]
    fn name(&self) -> &'static str {
        Self::NAME
    }
}

#[derive(Clone, Default)]
struct Memory(Arc<Mutex<BTreeMap<String, String>>>);

#[dispatch(owned)]
impl Store for Memory {
    type Error = String;

    const NAME: &'static str = "memory";

    fn get(&self, key: &str) -> Result<Option<String>, Self::Error> {
        let map = self.0.lock().map_err(|error| error.to_string())?;
        Ok(map.get(key).cloned())
    }

    fn put(&self, key: &str, value: String) -> Result<(), String> {
        self.0.lock().map_err(|error| error.to_string())?.insert(key.to_owned(), value);
        Ok(())
    }

    fn thread(&self) -> ThreadId {
        current().id()
    }

    fn numbers(&self) -> impl Iterator<Item = u32> + Send {
        0..2
    }
}

struct Remote(tokio::sync::Mutex<Option<String>>);

#[dispatch]
impl Store for Remote {
    type Error = std::convert::Infallible;

    const NAME: &'static str = "remote";

    async fn get(&self, key: &str) -> Result<Option<String>, Self::Error> {
        let value = self.0.lock().await.clone();
        Ok(value.filter(|value| value.starts_with(key)))
    }

    async fn put(&self, key: &str, value: String) -> Result<(), Self::Error> {
        *self.0.lock().await = Some(format!("{key}{value}"));
        Ok(())
    }

    #[dispatch(inline)]
    fn thread(&self) -> ThreadId {
        current().id()
    }

    async fn numbers(&self) -> impl Iterator<Item = u32> + Send {
        2..4
    }
}

/// Generic code neither knows nor cares, and its futures can be spawned.
async fn use_it<S: Store + 'static>(store: Arc<S>) -> (bool, bool, u32)
where
    S::Error: std::fmt::Debug,
{
    let spawned = tokio::spawn(async move {
        store.put("k", "v".to_owned()).await.unwrap();
        let sum = store.numbers().await.sum();
        (store.has("k").await.unwrap(), store.has("x").await.unwrap(), sum)
    });
    spawned.await.unwrap()
}

#[tokio::test]
async fn generic_callers_can_spawn_what_either_colour_implements() {
    assert_eq!(use_it(Arc::new(Memory::default())).await, (true, false, 1));
    assert_eq!(use_it(Arc::new(Remote(None.into()))).await, (true, false, 5));
}

#[tokio::test]
async fn a_sync_implementation_hops_and_an_inline_one_stays() {
    assert_ne!(Memory::default().thread().await, current().id());
    assert_eq!(Remote(None.into()).thread().await, current().id());
}

#[tokio::test]
async fn default_bodies_work_in_either_colour() {
    let store = Memory::default();
    assert_eq!(store.describe((1, 2), "-".into()).await, "12-memory");
    assert_eq!(store.copy("!").await.1, "memory!");
    assert_eq!(store.name(), "memory");
}

/// A trait written by hand may promise less than the macro does.
trait ByHand {
    fn plain(&self) -> impl Future<Output = u32>;

    #[allow(async_fn_in_trait, reason = "what the test is about")]
    async fn asynchronous(&self, text: &str) -> usize;
}

#[dispatch(owned)]
impl ByHand for Memory {
    fn plain(&self) -> u32 {
        u32::try_from(self.0.lock().unwrap().len()).unwrap()
    }

    fn asynchronous(&self, text: &str) -> usize {
        text.len()
    }
}

#[tokio::test]
async fn a_trait_written_by_hand_can_be_implemented() {
    assert_eq!(Memory::default().plain().await, 0);
    assert_eq!(Memory::default().asynchronous("abc").await, 3);
}

/// Neither an associated function nor a generic method is a special case.
#[dispatch]
trait Codec: Sized + Send {
    fn decode<'a, T>(input: &'a [T], other: &'a [T]) -> Option<Self>
    where
        T: Into<u64> + Copy + Send + Sync + 'static;

    async fn encode(self) -> Vec<u8>;
}

#[dispatch]
impl Codec for u64 {
    #[dispatch(owned)]
    fn decode<'a, T>(input: &'a [T], other: &'a [T]) -> Option<Self>
    where
        T: Into<u64> + Copy + Send + Sync + 'static,
    {
        let both: [&'_ [T]; 2] = [input, other];
        both.concat().first().map(|&first| first.into())
    }

    fn encode(self) -> Vec<u8> {
        self.to_be_bytes().to_vec()
    }
}

#[tokio::test]
async fn associated_functions_and_generic_methods_can_be_dispatched() {
    assert_eq!(u64::decode(&[], &[7_u8]).await, Some(7));
    assert_eq!(7_u64.encode().await, [0, 0, 0, 0, 0, 0, 0, 7]);
}
