use std::future::Future;
use std::pin::Pin;

use lionpride_concurrency::dispatch;

#[dispatch]
fn later(n: u32) -> Pin<Box<dyn Future<Output = u32> + Send>> {
    Box::pin(async move { n })
}

#[dispatch(inline)]
fn soon(n: u32) -> std::pin::Pin<std::boxed::Box<dyn std::future::Future<Output = u32>>> {
    Box::pin(async move { n })
}

async fn caller() -> u32 {
    later(1).await.await + soon(2).await.await
}

fn main() {
    drop(caller());
}
