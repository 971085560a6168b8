use std::rc::Rc;

use lionpride_concurrency::dispatch;

#[dispatch]
fn count(n: u32) -> Rc<u32> {
    Rc::new(n)
}

fn main() {}
