use lionpride_concurrency::{Limiter, callable};

static DB: Limiter = Limiter::new("db", 4);

async fn fetch(n: u32) -> u32 {
    n
}

fn main() {
    let _ = callable!(on(DB, fetch));
}
