use lionpride_concurrency::dispatch;

struct Store(u32);

#[dispatch]
impl Store {
    fn read(&self) -> u32 {
        self.0
    }

    fn read_twice(&self, key: &str) -> u32 {
        self.0 * 2 + key.len() as u32
    }
}

async fn caller() -> u32 {
    let store = Store(1);
    store.read().await + store.read_twice("a").await
}

fn main() {
    drop(caller());
}
