use lionpride_concurrency::run_sync;

async fn answer() -> u32 {
    let first: u32 = run_sync(|| 42).on(&4).await;
    let second = run_sync(|| "42").on("db").named("db").into_result().await.unwrap();
    first + second.len() as u32
}

fn main() {
    drop(answer());
}
