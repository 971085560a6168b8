use lionpride_concurrency::dispatch;

#[dispatch]
fn repeat(text: String, n: usize) -> String {
    text.repeat(n)
}

#[dispatch(owned)]
fn length(text: &str) -> usize {
    text.len()
}

async fn caller() -> usize {
    let n = repeat("a".to_owned()).await.len() + repeat("a", 2).await.len();
    n + length(String::new()).await
}

fn main() {
    drop(caller());
}
