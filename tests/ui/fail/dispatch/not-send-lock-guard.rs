use std::sync::{Arc, Mutex, MutexGuard};

use lionpride_concurrency::dispatch;

#[dispatch]
fn add(mut total: MutexGuard<'static, u32>, n: u32) -> u32 {
    *total += n;
    *total
}

#[dispatch]
fn lock(total: Arc<Mutex<u32>>) -> Option<MutexGuard<'static, u32>> {
    drop(total);
    None
}

async fn caller(total: &'static Mutex<u32>) -> u32 {
    lock(Arc::default()).await;
    let guard = total.lock().unwrap();
    add(guard, 1).await
}

fn main() {
    static TOTAL: Mutex<u32> = Mutex::new(0);
    drop(caller(&TOTAL));
}
