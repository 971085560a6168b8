use std::rc::Rc;

use lionpride_concurrency::run_sync;

fn main() {
    let shared = Rc::new(1);
    drop(run_sync(move || *shared));
}
