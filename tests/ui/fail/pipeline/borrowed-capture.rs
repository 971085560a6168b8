use lionpride_concurrency::pipeline;

fn main() {
    let text = String::from("a");
    let _ = pipeline!(|n: usize| text.len() + n);
}
