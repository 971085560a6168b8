use lionpride_concurrency::dispatch;

#[dispatch(owned,, shield)]
fn length(text: &str) -> usize {
    text.len()
}

async fn caller() -> usize {
    length("a").await
}

fn main() {
    drop(caller());
}
