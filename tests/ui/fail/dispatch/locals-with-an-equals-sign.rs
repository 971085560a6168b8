use lionpride_concurrency::dispatch;

tokio::task_local! {
    static REQUEST: u32;
}

#[dispatch(locals = REQUEST)]
fn request() -> u32 {
    REQUEST.get()
}

async fn caller() -> u32 {
    request().await
}

fn main() {
    drop(caller());
}
