use lionpride_concurrency::pipeline;

fn length(text: String) -> usize {
    text.len()
}

fn main() {
    let _ = pipeline!(length, |n: String| n);
}
