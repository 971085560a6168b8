use lionpride_concurrency::dispatch;

tokio::task_local! {
    static REQUEST: u32;
}

#[dispatch(owned shield)]
fn length(text: &str) -> usize {
    text.len()
}

#[dispatch(locals(REQUEST) shield)]
fn request() -> u32 {
    REQUEST.get()
}

#[dispatch(owned; shield)]
fn first(text: &str) -> Option<char> {
    text.chars().next()
}

async fn caller() -> usize {
    first("a").await;
    length("a").await + request().await as usize
}

fn main() {
    drop(caller());
}
