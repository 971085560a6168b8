#![deny(unused, unreachable_code, dead_code)]

use lionpride_concurrency::dispatch;

#[dispatch]
trait Store: Sync {
    fn never_called(&self);

    #[dispatch(inline)]
    fn get(&self, key: u32, mut unchanged: u32) -> u32 {
        let local = key;
        let mut total = 0;
        total = unchanged;
        Ok::<u32, u32>(total);
        return total;
        key
    }

    async fn put(&self, unused: u32) -> u32 {
        self.get(1, 2).await;
        1
    }

    fn taken(self, unused: u32)
    where
        Self: Sized + Send + 'static,
    {
        let local = 1;
    }
}

struct Memory;

#[dispatch]
impl Store for Memory {
    async fn never_called(&self) {
        let local = 1;
    }
}

async fn caller() -> u32 {
    Memory.put(1).await
}

fn main() {
    drop(caller());
}
