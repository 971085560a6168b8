use std::borrow::Cow;
use std::path::Path;

use lionpride_concurrency::dispatch;

#[dispatch(owned)]
fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or(text)
}

#[dispatch(owned)]
fn stem<'a>(path: &'a Path) -> Option<&'a Path> {
    path.file_stem().map(Path::new)
}

#[dispatch(owned)]
fn trimmed(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text.trim())
}

#[dispatch(owned)]
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ')
}

#[derive(Clone)]
struct Store(Vec<u8>);

#[dispatch(owned)]
impl Store {
    fn bytes(&self) -> &[u8] {
        &self.0
    }
}

async fn caller() -> usize {
    let n = first_word("a b").await.len() + trimmed(" a").await.len() + words("a b").await.count();
    n + stem(Path::new("a.b")).await.map_or(0, |_| 1) + Store(Vec::new()).bytes().await.len()
}

fn main() {
    drop(caller());
}
