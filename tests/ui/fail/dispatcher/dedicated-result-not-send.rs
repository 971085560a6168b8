use std::rc::Rc;

use lionpride_concurrency::Dedicated;

fn main() {
    let device = Dedicated::new("device", || Rc::new(1));
    let _ = device.call(|one| one.clone());
}
