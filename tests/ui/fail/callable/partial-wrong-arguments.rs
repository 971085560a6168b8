use lionpride_concurrency::{Callable, callable, pipeline};

fn add(a: u8, b: u8) -> u8 {
    a + b
}

#[derive(Clone)]
struct Client;

impl Client {
    async fn fetch(&self, a: u8, b: u8) -> u8 {
        a + b
    }
}

fn main() {
    let _ = callable!(add(_));
    let _ = callable!(add(_, 1, 2));
    let _ = callable!(add("a", _));
    let _ = callable!(Client.fetch(_));
    let _ = callable!(Client.fetch(_, "a"));
    let _ = pipeline!(add(_, 1), add(_), add(2, _));
    let _ = pipeline!(|n: u8| n.to_string(), add(_, 1));
    drop(callable!(add(_, 1)).call("a"));
    drop(callable!((|a: u8, b: u8| a + b)(_, 3, 4)).call(1));
}
