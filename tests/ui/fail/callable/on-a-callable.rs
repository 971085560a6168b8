use lionpride_concurrency::{Limiter, callable};

static DB: Limiter = Limiter::new("db", 4);

fn main() {
    let double = callable!(|n: u32| n * 2);
    let _ = callable!(on(DB, double));
}
