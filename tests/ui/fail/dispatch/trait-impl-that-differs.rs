use lionpride_concurrency::dispatch;

#[dispatch]
trait Store {
    fn get(&self, key: u32) -> u32;
    fn put(&self, key: u32, value: u32);
    fn len(&self) -> usize;
    fn name(&self) -> String;
}

#[derive(Clone)]
struct Memory;

#[dispatch(owned)]
impl Store for Memory {
    fn get(&self, key: String) -> u32 {
        key.len() as u32
    }

    fn put(&self, key: u32) {
        let _ = key;
    }

    fn len(&self) -> u32 {
        0
    }

    async fn name(&self) -> u32 {
        0
    }
}

fn main() {}
