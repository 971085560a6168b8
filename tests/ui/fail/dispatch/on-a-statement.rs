use lionpride_concurrency::dispatch;

async fn caller() -> u32 {
    #[dispatch]
    let double = |n: u32| n * 2;
    double(1)
}

fn main() {
    drop(caller());
}
