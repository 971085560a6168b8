use std::rc::Rc;

use lionpride_concurrency::{Callable, pipeline};

fn main() {
    let _ = pipeline!(|n: u32| n..9, each(4, |n| Rc::new(n)), |all| all.len()).call(1);
}
