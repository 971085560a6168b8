#![deny(deprecated, unused_must_use)]

use lionpride_concurrency::dispatch;

#[dispatch]
#[deprecated = "call `twice`"]
fn double(n: u32) -> u32 {
    n * 2
}

struct Meter(u32);

#[dispatch]
impl Meter {
    #[deprecated = "call `twice`"]
    fn double(self) -> u32 {
        self.0 * 2
    }

    fn twice(self) -> u32 {
        self.0 * 2
    }
}

async fn caller() -> u32 {
    Meter(1).twice();
    double(1).await + Meter(2).double().await
}

fn main() {
    drop(caller());
}
