use lionpride_concurrency::{Callable, callable};

fn double(n: u32) -> u32 {
    n * 2
}

fn main() {
    drop(callable!(double).call("a"));
}
