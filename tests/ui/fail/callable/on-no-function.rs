use lionpride_concurrency::{Limiter, callable};

static DB: Limiter = Limiter::new("db", 4);

fn main() {
    let _ = callable!(on(DB, 5));
}
