use lionpride_concurrency::{Callable, callable};

fn main() {
    let text = String::from("a");
    let c = callable!(|n: usize| text.len() + n);
    drop(c.call(1));
}
