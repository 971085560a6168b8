//! Every `self` that a method may have.

use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use lionpride_concurrency::dispatch;

#[derive(Clone)]
struct Store(u32);

static STORE: Store = Store(1);

impl Store {
    #[dispatch]
    fn lasting(&'static self) -> u32 {
        self.0
    }

    #[dispatch]
    fn lasting_typed(self: &'static Self) -> u32 {
        self.0
    }

    #[dispatch]
    fn lasting_pinned(self: Pin<&'static Self>) -> u32 {
        self.0
    }

    #[dispatch]
    fn lasting_mutable(&'static mut self) -> u32 {
        self.0 += 1;
        self.0
    }

    #[dispatch(owned)]
    fn lasting_beside_borrows(&'static self, n: &u32) -> u32 {
        self.0 + *n
    }

    #[dispatch(owned)]
    fn named<'a>(self: &'a Self, n: &'a u32) -> u32 {
        self.0 + *n
    }

    #[dispatch(owned)]
    fn counted<'a>(self: &'a Arc<Self>) -> u32 {
        self.0
    }

    #[dispatch]
    fn pinned(self: Pin<Box<Self>>) -> u32 {
        self.0
    }

    #[dispatch]
    fn boxed(mut self: Box<Self>) -> u32 {
        self.0 += 1;
        self.0
    }
}

#[dispatch(inline)]
impl Store {
    fn inline<'a>(self: &'a Self) -> &'a u32 {
        &self.0
    }

    fn inline_counted(self: &Arc<Self>) -> u32 {
        self.0
    }

    fn inline_rc(self: Rc<Self>) -> u32 {
        self.0
    }

    fn inline_pinned(self: Pin<&Self>) -> u32 {
        self.0
    }

    fn inline_pinned_mutable(mut self: Pin<&mut Self>) -> u32 {
        self.0 += 1;
        self.0
    }

    fn inline_lasting(&'static self) -> &'static u32 {
        &self.0
    }
}

#[dispatch]
trait Trait: Sync + 'static {
    fn lasting(&'static self) -> u32;
}

#[dispatch]
impl Trait for Store {
    fn lasting(&'static self) -> u32 {
        self.0
    }
}

#[tokio::test]
async fn what_is_borrowed_for_ever_crosses_as_it_is() {
    assert_eq!(tokio::spawn(STORE.lasting()).await.unwrap(), 1);
    assert_eq!(STORE.lasting_typed().await, 1);
    assert_eq!(Pin::new(&STORE).lasting_pinned().await, 1);
    assert_eq!(Box::leak(Box::new(Store(1))).lasting_mutable().await, 2);
    assert_eq!(STORE.lasting_beside_borrows(&1).await, 2);
    assert_eq!(Trait::lasting(&STORE).await, 1);
}

#[tokio::test]
async fn a_typed_self_crosses_as_a_plain_one_does() {
    assert_eq!(Store(1).named(&1).await, 2);
    assert_eq!(Arc::new(Store(1)).counted().await, 1);
    assert_eq!(Box::pin(Store(1)).pinned().await, 1);
    assert_eq!(Box::new(Store(1)).boxed().await, 2);
}

#[tokio::test]
async fn inline_takes_every_self() {
    assert_eq!(*Store(1).inline().await, 1);
    assert_eq!(Arc::new(Store(1)).inline_counted().await, 1);
    assert_eq!(Rc::new(Store(1)).inline_rc().await, 1);
    assert_eq!(Pin::new(&Store(1)).inline_pinned().await, 1);
    assert_eq!(Pin::new(&mut Store(1)).inline_pinned_mutable().await, 2);
    assert_eq!(*STORE.inline_lasting().await, 1);
}
