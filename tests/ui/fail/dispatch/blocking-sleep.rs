use std::thread;

use lionpride_concurrency::dispatch;

#[dispatch]
async fn pause(n: u32) -> u32 {
    std::thread::sleep(std::time::Duration::from_secs(1));
    thread::sleep(std::time::Duration::from_secs(1));
    thread::park();
    n
}

async fn caller() -> u32 {
    pause(1).await
}

fn main() {
    drop(caller());
}
