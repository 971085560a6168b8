use std::rc::Rc;

use lionpride_concurrency::pipeline;

fn share(n: u32) -> Rc<u32> {
    Rc::new(n)
}

fn main() {
    let _ = pipeline!(share, |n| *n);
}
