use lionpride_concurrency::pipeline;

fn double(n: u32) -> u32 {
    n * 2
}

fn main() {
    let _ = pipeline!(double, each(4, |n| n + 1), |all| all.len());
}
