use std::fmt::Display;
use std::path::Path;

use lionpride_concurrency::dispatch;

#[dispatch]
fn show(value: impl Display) -> String {
    value.to_string()
}

#[dispatch]
fn read<P: AsRef<Path>>(path: P) -> std::io::Result<String> {
    std::fs::read_to_string(path)
}

#[dispatch]
fn call<T, F>(task: F) -> T
where
    F: FnOnce() -> T + Send,
    T: Send,
{
    task()
}

async fn caller() -> usize {
    let n = call(|| 1).await + show("a").await.len();
    n + read("a").await.map_or(0, |text| text.len())
}

fn main() {
    drop(caller());
}
