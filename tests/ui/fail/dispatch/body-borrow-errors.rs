use lionpride_concurrency::dispatch;

#[dispatch]
fn moved(text: String) -> usize {
    let other = text;
    other.len() + text.len()
}

#[dispatch]
fn borrowed_twice(mut words: Vec<String>) -> usize {
    let first = &words[0];
    words.push(String::new());
    first.len()
}

#[dispatch]
fn not_mutable(words: Vec<String>) -> usize {
    words.push(String::new());
    words.len()
}

#[dispatch]
fn dangling(n: u32) -> usize {
    let kept;
    {
        let text = n.to_string();
        kept = &text;
    }
    kept.len()
}

fn main() {}
