use lionpride_concurrency::dispatch;

#[dispatch]
trait Store: Sync {
    fn get(&self, key: u32) -> u32;
}

async fn caller(store: &dyn Store) -> u32 {
    store.get(1).await
}

fn main() {
    let _ = caller;
}
