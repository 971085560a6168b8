use lionpride_concurrency::dispatch;

#[dispatch(locals(REQUEST))]
fn request(n: u32) -> u32 {
    n
}

async fn caller() -> u32 {
    request(1).await
}

fn main() {
    drop(caller());
}
