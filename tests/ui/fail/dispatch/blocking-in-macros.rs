use std::time::Duration;

use lionpride_concurrency::dispatch;
use tokio::sync::mpsc::Receiver;

#[dispatch]
async fn serve(mut numbers: Receiver<u32>) -> bool {
    assert!(std::fs::metadata("a").is_ok());
    tokio::select! {
        biased;
        () = async { std::thread::sleep(Duration::ZERO) } => {}
        Some(_) = numbers.recv(), if std::fs::exists("b").is_ok() => std::thread::sleep(Duration::ZERO),
        else => { std::thread::sleep(Duration::ZERO) }
    }
    let (size, ()) = tokio::join!(async { std::fs::read("c") }, async {});
    tracing::info!(a = 1, b = %std::fs::exists("d").is_ok(), "{}", std::fs::exists("e").is_ok());
    matches!(std::fs::read("f"), Ok(bytes) if bytes.is_empty()) || size.is_ok()
}

async fn caller(numbers: Receiver<u32>) -> bool {
    serve(numbers).await
}

fn main() {
    let (_, numbers) = tokio::sync::mpsc::channel(1);
    drop(caller(numbers));
}
