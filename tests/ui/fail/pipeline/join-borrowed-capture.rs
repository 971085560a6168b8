use lionpride_concurrency::{Callable, pipeline};

fn main() {
    let add = 1;
    let _ = pipeline!(|n: u32| n, join(|n| n + add, |n| n)).call(1);
}
