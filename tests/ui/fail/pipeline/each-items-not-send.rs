use lionpride_concurrency::pipeline;

use std::rc::Rc;

fn double(n: u32) -> u32 {
    n * 2
}

fn main() {
    let _ = pipeline!(|n: u32| (0..n).map(Rc::new), each(4, |n| double(*n)), |all| all.len());
}
