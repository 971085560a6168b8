use std::rc::Rc;

use lionpride_concurrency::Limiter;

static DB: Limiter = Limiter::new("db", 8);

fn main() {
    let shared = Rc::new(1);
    drop(DB.try_run(move || *shared));
}
