use lionpride_concurrency::dispatch;
use tokio::sync::{Mutex, RwLock};

#[dispatch]
async fn add(total: &Mutex<u32>, limit: &RwLock<u32>) -> u32 {
    let mut total = total.blocking_lock();
    *total += *limit.blocking_read();
    *limit.blocking_write() = 0;
    *total
}

async fn caller() -> u32 {
    add(&Mutex::new(1), &RwLock::new(2)).await
}

fn main() {
    drop(caller());
}
