use lionpride_concurrency::dispatch;

tokio::task_local! {
    static REQUEST: u32;
}

#[dispatch(inline, owned, shield, locals(REQUEST))]
fn request(text: &str) -> u32 {
    text.len() as u32 + REQUEST.get()
}

async fn caller() -> u32 {
    request("a").await
}

fn main() {
    drop(caller());
}
