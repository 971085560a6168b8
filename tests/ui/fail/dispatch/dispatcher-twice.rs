use lionpride_concurrency::{Limiter, dispatch};

static DB: Limiter = Limiter::new("db", 4);

#[dispatch(on = DB, shield, on = DB)]
fn double(n: u32) -> u32 {
    n * 2
}

async fn caller() -> u32 {
    double(1).await
}

fn main() {
    drop(caller());
}
