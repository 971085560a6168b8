use std::rc::Rc;

use lionpride_concurrency::Dedicated;

fn main() {
    let shared = Rc::new(1);
    drop(Dedicated::new("device", move || shared));
}
