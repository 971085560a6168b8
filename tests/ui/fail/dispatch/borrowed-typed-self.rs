use std::sync::Arc;

use lionpride_concurrency::dispatch;

struct Store(u32);

impl Store {
    #[dispatch]
    fn read(self: &Arc<Self>) -> u32 {
        self.0
    }

    #[dispatch]
    fn read_plain(self: &Self) -> u32 {
        self.0
    }
}

async fn caller() -> u32 {
    let store = Arc::new(Store(1));
    store.read().await + store.read_plain().await
}

fn main() {
    drop(caller());
}
