use std::rc::Rc;

use lionpride_concurrency::{Callable, callable};

fn count(n: u32) -> Rc<u32> {
    Rc::new(n)
}

#[derive(Clone)]
struct Client;

impl Client {
    fn count(&self, n: u32) -> Rc<u32> {
        Rc::new(n)
    }
}

fn main() {
    drop(callable!(count).call(1));
    drop(callable!(Client.count(_)).call(1));
}
