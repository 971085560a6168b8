use lionpride_concurrency::dispatch;

trait Store {
    #[dispatch]
    fn get(self, key: u32) -> u32;
}

struct Memory;

impl Store for Memory {
    fn get(self, key: u32) -> u32 {
        key
    }
}

fn main() {
    let _ = Memory.get(1);
}
