use lionpride_concurrency::pipeline;

fn main() {
    let _ = pipeline!();
}
