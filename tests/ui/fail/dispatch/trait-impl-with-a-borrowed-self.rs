use lionpride_concurrency::dispatch;

#[dispatch]
trait Store {
    fn get(&self, key: &str) -> u32;
    fn clear(&mut self);
}

struct Memory;

#[dispatch]
impl Store for Memory {
    fn get(&self, key: &str) -> u32 {
        key.len() as u32
    }

    fn clear(&mut self) {}
}

async fn caller() -> u32 {
    Memory.clear().await;
    Memory.get("a").await
}

fn main() {
    drop(caller());
}
