use lionpride_concurrency::{Limiter, run_sync};

static DB: Limiter = Limiter::new("db", 8);

fn main() {
    drop(run_sync(|| 42).on(DB));
}
