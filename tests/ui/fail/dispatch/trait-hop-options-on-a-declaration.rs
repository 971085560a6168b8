use lionpride_concurrency::dispatch;

#[dispatch(owned)]
trait Store: Sync {
    #[dispatch(shield)]
    fn get(&self, key: &str) -> u32;

    #[dispatch(allow_blocking)]
    async fn put(&self, key: &str) -> u32;
}

async fn caller<S: Store>(store: S) -> u32 {
    store.get("a").await + store.put("a").await
}

fn main() {
    let _ = caller::<Memory>;
}

#[derive(Clone)]
struct Memory;

#[dispatch(owned)]
impl Store for Memory {
    fn get(&self, key: &str) -> u32 {
        key.len() as u32
    }

    fn put(&self, key: &str) -> u32 {
        key.len() as u32
    }
}
