use std::rc::Rc;

use lionpride_concurrency::{Callable, callable, pipeline};

fn sum(a: Rc<u8>, b: u8) -> u8 {
    *a + b
}

async fn caller() -> u8 {
    callable!(sum(Rc::new(1), _)).call(2).await
}

fn main() {
    let shared = Rc::new(1);
    let _ = callable!(sum(shared, _));
    let _ = callable!(inline(sum(Rc::new(2), _)));
    let job = pipeline!(sum(Rc::new(3), _), |n| n + 1);
    drop((job.call(1), caller()));
}
