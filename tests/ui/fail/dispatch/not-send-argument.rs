use std::rc::Rc;

use lionpride_concurrency::dispatch;

#[dispatch]
fn count(shared: Rc<u32>) -> u32 {
    *shared
}

fn main() {}
