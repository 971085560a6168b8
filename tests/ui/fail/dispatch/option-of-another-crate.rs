use lionpride_concurrency::dispatch;

#[dispatch(flavor = "multi_thread", retries(3))]
fn double(n: u32) -> u32 {
    n * 2
}

async fn caller() -> u32 {
    double(1).await
}

fn main() {
    drop(caller());
}
