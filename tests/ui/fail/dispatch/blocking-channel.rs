use lionpride_concurrency::dispatch;
use tokio::sync::mpsc::{Receiver, Sender};

#[dispatch]
async fn pass(mut from: Receiver<u32>, to: Sender<u32>) -> Option<u32> {
    let value = from.blocking_recv()?;
    to.blocking_send(value).ok()?;
    Some(value)
}

async fn caller() -> Option<u32> {
    let (to, from) = tokio::sync::mpsc::channel(1);
    pass(from, to).await
}

fn main() {
    drop(caller());
}
