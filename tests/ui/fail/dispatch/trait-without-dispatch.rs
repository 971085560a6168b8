use lionpride_concurrency::dispatch;

trait Store {
    fn get(&self, key: u32) -> u32;
}

#[derive(Clone)]
struct Memory;

#[dispatch(owned)]
impl Store for Memory {
    fn get(&self, key: u32) -> u32 {
        key
    }
}

fn main() {}
