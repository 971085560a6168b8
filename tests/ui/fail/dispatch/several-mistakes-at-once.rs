use lionpride_concurrency::dispatch;

#[dispatch]
#[track_caller]
const fn length(text: &str, other: &[u8]) -> usize {
    text.len() + other.len()
}

fn main() {}
