use lionpride_concurrency::{Limiter, Callable, callable};

static DB: Limiter = Limiter::new("db", 4);

fn one(n: u32) -> u32 {
    n
}

async fn caller() -> u32 {
    callable!(on(DB, one)).call("a").await
}

fn main() {
    drop(caller());
}
