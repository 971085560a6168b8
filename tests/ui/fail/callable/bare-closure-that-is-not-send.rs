use std::rc::Rc;

use lionpride_concurrency::IntoCallable;

fn tool<M>(_: &str, _: impl IntoCallable<String, Result<String, u8>, M>) {}

fn main() {
    let text = Rc::new(String::new());
    tool("captures", move |_: String| Ok(text.to_string()));
}
