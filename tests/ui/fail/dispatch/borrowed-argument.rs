use lionpride_concurrency::dispatch;

#[dispatch]
fn count(text: &str) -> usize {
    text.len()
}

async fn caller() -> usize {
    count("a").await
}

fn main() {
    drop(caller());
}
