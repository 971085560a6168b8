use lionpride_concurrency::{Limiter, dispatch};

#[dispatch(on = db)]
fn double(db: Limiter, n: u32) -> u32 {
    drop(db);
    n * 2
}

async fn caller(db: Limiter) -> u32 {
    double(db, 1).await
}

fn main() {
    let _ = caller;
}
