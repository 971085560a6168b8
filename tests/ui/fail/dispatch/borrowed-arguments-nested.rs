use std::borrow::Cow;

use lionpride_concurrency::dispatch;

#[dispatch]
fn first(words: Option<&[u8]>, rest: Cow<'_, str>, fine: &'static str) -> usize {
    words.map_or(0, <[u8]>::len) + rest.len() + fine.len()
}

fn main() {}
