use lionpride_concurrency::{Limiter, callable};

static DB: Limiter = Limiter::new("db", 4);

fn main() {
    let _ = callable!(on(DB, async |n: u32| n + 1));
}
