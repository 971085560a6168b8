use std::future::Future;

use lionpride_concurrency::dispatch;

#[dispatch]
fn later(n: u32) -> impl Future<Output = u32> {
    async move { n }
}

fn main() {}
