use lionpride_concurrency::pipeline;

fn length(text: String) -> usize {
    text.len()
}

fn shout(text: String) -> String {
    text.to_uppercase()
}

fn main() {
    let _ = pipeline!(length, shout);
}
