use lionpride_concurrency::{Limiter, callable, is_async, pipeline};

static DB: Limiter = Limiter::new("db", 4);

fn add(a: u8, b: u8) -> u8 {
    a + b
}

fn main() {
    let _ = callable!(_);
    let _ = callable!(_(3));
    let _ = callable!(add(1, 1 + _));
    let _ = callable!(add(_, add(_, 1)));
    let _ = callable!(add(_, 1).to_string());
    let _ = callable!(_.add(1));
    let _ = callable!(inline(_));
    let _ = callable!(on(_, add));
    let _ = is_async!(add(1, (_)));
    let _ = pipeline!(add(_, 1), _);
    let _ = &DB;
}
