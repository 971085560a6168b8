use std::pin::Pin;

use lionpride_concurrency::dispatch;

#[derive(Clone)]
struct Counter(u32);

#[dispatch(owned)]
impl Counter {
    fn add(&mut self, n: u32) -> u32 {
        self.0 += n;
        self.0
    }

    fn add_typed(self: &mut Self, n: u32) -> u32 {
        self.0 += n;
        self.0
    }

    fn add_pinned(mut self: Pin<&mut Self>, n: u32) -> u32 {
        self.0 += n;
        self.0
    }
}

async fn caller() -> u32 {
    let mut counter = Counter(0);
    Pin::new(&mut counter).add_pinned(3).await + counter.add(1).await + counter.add_typed(2).await
}

fn main() {
    drop(caller());
}
