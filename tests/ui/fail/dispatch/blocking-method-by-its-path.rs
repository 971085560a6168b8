use lionpride_concurrency::dispatch;
use tokio::sync::{Mutex, mpsc};

#[dispatch]
async fn next(lock: &Mutex<u32>, numbers: &mut mpsc::Receiver<u32>) -> Option<u32> {
    let n = Mutex::blocking_lock(lock);
    mpsc::Receiver::blocking_recv(numbers).map(|next| next + *n)
}

async fn caller() -> Option<u32> {
    let (_, mut numbers) = mpsc::channel(1);
    next(&Mutex::new(1), &mut numbers).await
}

fn main() {
    drop(caller());
}
