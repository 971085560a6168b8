use std::rc::Rc;

use lionpride_concurrency::run_async;

fn main() {
    let shared = Rc::new(1);
    let _ = run_async(async move { *shared });
}
