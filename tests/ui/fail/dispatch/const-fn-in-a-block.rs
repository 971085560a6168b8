use lionpride_concurrency::dispatch;

struct Meter(u32);

#[dispatch]
impl Meter {
    const fn new(n: u32) -> Self {
        Self(n)
    }

    fn read(self) -> u32 {
        self.0
    }
}

const ZERO: Meter = Meter::new(0);

async fn caller() -> u32 {
    ZERO.read().await
}

fn main() {
    drop(caller());
}
