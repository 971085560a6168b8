use std::rc::Rc;

use lionpride_concurrency::Dedicated;

fn main() {
    let device = Dedicated::new("device", || 1);
    let shared = Rc::new(1);
    drop(device.call(move |one| *one + *shared));
}
