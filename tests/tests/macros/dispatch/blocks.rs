//! `#[dispatch]` on a whole `impl` block.

use std::sync::Arc;
use std::thread::{ThreadId, current};

use lionpride_concurrency::dispatch;

#[derive(Clone)]
struct Cache<T> {
    items: Arc<Vec<T>>,
}

#[dispatch(owned)]
impl<T> Cache<T>
where
    T: Clone + Send + Sync + 'static,
{
    /// A constant stays a constant.
    const LIMIT: usize = 2;

    fn new(items: &[T]) -> Self
    where
        T: Clone,
    {
        Self { items: items.to_vec().into() }
    }

    fn get(&self, index: usize) -> Option<T> {
        self.items.get(index).filter(|_| index < Self::LIMIT).cloned()
    }

    #[dispatch(inline)]
    fn peek(&self, index: usize) -> Option<&T> {
        self.items.get(index)
    }

    #[dispatch(skip)]
    const fn limit() -> usize {
        Self::LIMIT
    }

    async fn len(&self) -> usize {
        tokio::task::yield_now().await;
        self.items.len()
    }

    fn into_items(self) -> Arc<Vec<T>> {
        self.items
    }

    fn shared(self: Arc<Self>) -> (usize, ThreadId) {
        (self.items.len(), current().id())
    }

    fn place(&self) -> ThreadId {
        current().id()
    }

    #[dispatch(inline)]
    fn place_inline(&self) -> ThreadId {
        current().id()
    }
}

#[tokio::test]
async fn every_method_of_a_block_is_dispatched() {
    let cache = Cache::new(&[1, 2, 3]).await;
    assert_eq!(cache.get(1).await, Some(2));
    assert_eq!(cache.get(2).await, None);
    assert_eq!(cache.peek(2).await, Some(&3));
    assert_eq!(cache.len().await, 3);
    assert_eq!(Cache::<u8>::limit(), 2);
    assert_ne!(cache.place().await, current().id());
    assert_eq!(cache.place_inline().await, current().id());
    let (len, thread) = Arc::new(cache.clone()).shared().await;
    assert_eq!(len, 3);
    assert_ne!(thread, current().id());
    assert_eq!(*cache.into_items().await, [1, 2, 3]);
}

struct Quiet;

#[dispatch(inline)]
impl Quiet {
    fn here(&self) -> ThreadId {
        current().id()
    }

    #[dispatch(shield)]
    fn there() -> ThreadId {
        current().id()
    }
}

#[tokio::test]
async fn what_a_method_says_comes_before_what_its_block_says() {
    assert_eq!(Quiet.here().await, current().id());
    assert_ne!(Quiet::there().await, current().id());
}

macro_rules! getters {
    ($($name:ident: $ty:ty),*) => {
        $(
            fn $name(self) -> $ty {
                self.$name
            }
        )*
    };
}

#[derive(Clone, Copy)]
struct Point {
    x: i32,
    y: i32,
}

#[dispatch]
impl Point {
    getters!(x: i32, y: i32);

    fn sum(self) -> i32 {
        self.x() + self.y()
    }
}

#[tokio::test]
async fn what_is_no_function_stays_as_it_is() {
    assert_eq!(Point { x: 1, y: 2 }.sum().await, 3);
}
