use std::rc::Rc;

use lionpride_concurrency::{Limiter, pipeline};

static DB: Limiter = Limiter::new("db", 4);

fn find(n: u32) -> Rc<u32> {
    Rc::new(n)
}

fn look(n: Rc<u32>) -> u32 {
    *n
}

fn main() {
    let _ = pipeline!(|n: u32| n, on(DB, find), look);
    let _ = pipeline!(|n: u32| n, inline(find), inline(look));
}
