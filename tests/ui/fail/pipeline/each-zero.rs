use lionpride_concurrency::pipeline;

fn double(n: u32) -> u32 {
    n * 2
}

fn main() {
    let _ = pipeline!(each(0, double));
}
