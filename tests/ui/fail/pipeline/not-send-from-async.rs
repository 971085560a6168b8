use std::rc::Rc;

use lionpride_concurrency::pipeline;

async fn fetch(n: u32) -> Rc<u32> {
    Rc::new(n)
}

fn main() {
    let _ = pipeline!(|n: u32| n, fetch, |n| *n + 1);
    let _ = pipeline!(|n: u32| n, fetch);
    let _ = pipeline!(|n: u32| vec![n], each(2, fetch), |all| all.len());
}
