use std::rc::Rc;

use lionpride_concurrency::IntoCallable;

fn tool<M>(_: &str, _: impl IntoCallable<String, Result<String, u8>, M>) {}

fn number(text: String) -> usize {
    text.len()
}

async fn borrows(text: &str) -> Result<String, u8> {
    Ok(text.to_owned())
}

async fn not_send(text: String) -> Result<String, u8> {
    let shared = Rc::new(text);
    tokio::task::yield_now().await;
    Ok(shared.to_string())
}

fn main() {
    tool("number", number);
    tool("borrows", borrows);
    tool("not_send", not_send);
    tool("text", "text");
}
