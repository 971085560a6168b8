use std::pin::Pin;

use lionpride_concurrency::dispatch;

struct Store(u32);

impl Store {
    #[dispatch]
    fn pinned(self: Pin<&Self>) -> u32 {
        self.0
    }

    #[dispatch(owned)]
    fn pinned_owned(self: Pin<&Self>) -> u32 {
        self.0
    }

    #[dispatch]
    fn pinned_mutable(self: Pin<&mut Self>) -> u32 {
        self.0
    }

    #[dispatch(owned)]
    fn twice(self: &&Self) -> u32 {
        self.0
    }

    #[dispatch]
    fn named<'a>(self: &'a Self) -> u32 {
        self.0
    }
}

async fn caller() -> u32 {
    let mut store = Store(1);
    let sum = Pin::new(&store).pinned().await + Pin::new(&store).pinned_owned().await;
    sum + (&&store).twice().await + store.named().await + Pin::new(&mut store).pinned_mutable().await
}

fn main() {
    drop(caller());
}
