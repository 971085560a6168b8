use lionpride_concurrency::{Callable, callable};

fn find(text: &str, n: usize) -> usize {
    text.len() + n
}

fn main() {
    let text = String::from("a");
    let c = callable!(find(&text, _));
    drop(c.call(1));
}
