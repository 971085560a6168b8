use std::rc::Rc;

use lionpride_concurrency::shield;

fn main() {
    let shared = Rc::new(1);
    drop(shield(async move { *shared }));
}
