use lionpride_concurrency::dispatch;

struct Store;

impl Store {
    #[dispatch]
    fn get(&self, key: u32) -> u32 {
        key
    }

    #[dispatch]
    fn put(&mut self, key: u32) {
        let _ = key;
    }
}

fn main() {}
