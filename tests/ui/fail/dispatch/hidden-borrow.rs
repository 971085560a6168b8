use std::borrow::Cow;

use lionpride_concurrency::dispatch;

#[dispatch]
fn length(text: Cow<str>) -> usize {
    text.len()
}

fn main() {}
