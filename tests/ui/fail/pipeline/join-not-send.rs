use std::rc::Rc;

use lionpride_concurrency::{Callable, pipeline};

fn main() {
    let _ = pipeline!(|n: u32| n, join(|n| n, |n| Rc::new(n)), |(a, _)| a).call(1);
}
