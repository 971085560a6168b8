use lionpride_concurrency::{Callable, callable, pipeline};

#[derive(Clone)]
struct Client;

fn main() {
    let n = 5;
    let _ = callable!(n(_, 3));
    let _ = callable!(nowhere(_, 3));
    let _ = pipeline!(|n: u8| n, "text"(_, 3), |n| n);
    let _ = callable!(5.fetch(_));
    drop(callable!(Client.fetch(_)).call(1));
}
