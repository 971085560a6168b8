use lionpride_concurrency::dispatch;
use tokio::runtime::Handle;

#[dispatch]
async fn double(n: u32) -> u32 {
    let n = futures::executor::block_on(async { n });
    let n = Handle::current().block_on(async { n });
    tokio::runtime::Handle::block_on(&Handle::current(), async { n * 2 })
}

async fn caller() -> u32 {
    double(1).await
}

fn main() {
    drop(caller());
}
