use lionpride_concurrency::dispatch;

#[dispatch]
trait Store {
    fn get(&self, key: u32) -> u32;
}

struct Memory;

impl Store for Memory {
    fn get(&self, key: u32) -> u32 {
        key
    }
}

fn main() {}
