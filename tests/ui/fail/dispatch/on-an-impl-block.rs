use lionpride_concurrency::dispatch;

struct Store;

#[dispatch]
impl Store {
    fn open() -> Self {
        Self
    }
}

fn main() {
    let _ = Store::open();
}
