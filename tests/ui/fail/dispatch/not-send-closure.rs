use lionpride_concurrency::dispatch;

#[dispatch]
fn call(task: Box<dyn FnOnce() -> u32>) -> u32 {
    task()
}

async fn caller() -> u32 {
    call(Box::new(|| 1)).await
}

fn main() {
    drop(caller());
}
