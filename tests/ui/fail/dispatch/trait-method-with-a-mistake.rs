use std::future::Future;

use lionpride_concurrency::dispatch;

#[dispatch]
trait Store {
    fn put(&mut self, key: u32) -> u32;

    fn get(&self, key: &str) -> u32 {
        key.len() as u32
    }

    #[dispatch(inlin)]
    fn name(&self) -> String;

    fn later(&self) -> impl Future<Output = u32>;

    async fn all(&self) -> u32
    where
        Self: Sync,
    {
        std::fs::exists("a").map_or(0, u32::from) + self.get("a").await
    }
}

async fn caller<S: Store + Sync>(mut store: S) -> u32 {
    store.put(1).await + store.get("a").await + store.name().await.len() as u32
}

fn main() {
    let _ = caller::<Memory>;
}

struct Memory;

impl Store for Memory {
    async fn put(&mut self, key: u32) -> u32 {
        key
    }

    async fn name(&self) -> String {
        "memory".to_owned()
    }

    async fn later(&self) -> impl Future<Output = u32> {
        async { 1 }
    }
}
