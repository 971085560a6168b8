use lionpride_concurrency::dispatch;

#[dispatch(owned)]
fn show<T: std::fmt::Display>(value: &T) -> String {
    value.to_string()
}

#[dispatch(owned)]
fn count<T>(values: &[T]) -> usize {
    values.len()
}

async fn caller() -> usize {
    show(&1).await.len() + count(&[1]).await
}

fn main() {
    drop(caller());
}
