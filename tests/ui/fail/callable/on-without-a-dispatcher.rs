use lionpride_concurrency::{Limiter, callable, is_async};

static DB: Limiter = Limiter::new("db", 4);

fn one(n: u32) -> u32 {
    n
}

fn main() {
    let _ = callable!(on(one));
    let _ = callable!(on());
    let _ = callable!(on(DB, one, one));
    let _ = is_async!(on(one));
    let _ = (&DB, one);
}
