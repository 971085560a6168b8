use std::collections::HashMap;

use lionpride_concurrency::dispatch;

#[dispatch(owned)]
fn vector(words: Vec<&str>) -> usize {
    words.len()
}

#[dispatch(owned)]
fn slice(words: &[&str]) -> usize {
    words.len()
}

#[dispatch(owned)]
fn pair(pair: (&str, u8)) -> usize {
    pair.0.len()
}

#[dispatch(owned)]
fn map(counts: HashMap<&str, u8>) -> usize {
    counts.len()
}

#[dispatch(owned)]
fn map_behind_a_reference(counts: &HashMap<&str, u8>) -> usize {
    counts.len()
}

#[dispatch(owned)]
fn reference_to_reference(word: &&str) -> usize {
    word.len()
}

async fn caller() -> usize {
    let counts = HashMap::from([("a", 1)]);
    let n = vector(vec!["a"]).await + slice(&["a"]).await + pair(("a", 1)).await;
    n + map_behind_a_reference(&counts).await
        + map(counts).await
        + reference_to_reference(&"a").await
}

fn main() {
    drop(caller());
}
