use std::fmt::Display;

use lionpride_concurrency::dispatch;

#[dispatch]
fn call(task: Box<dyn Fn() -> u32 + Send + '_>) -> u32 {
    task()
}

#[dispatch]
fn show(value: impl Display + Send + '_) -> String {
    value.to_string()
}

#[dispatch(owned)]
fn call_owned(task: Box<dyn Fn() -> u32 + Send + '_>) -> u32 {
    task()
}

#[dispatch]
fn show_borrowed(value: &impl Display) -> String {
    value.to_string()
}

async fn caller() -> usize {
    let n = call(Box::new(|| 1)).await + call_owned(Box::new(|| 1)).await;
    show("a").await.len() + show_borrowed(&"a").await.len() + n as usize
}

fn main() {
    drop(caller());
}
