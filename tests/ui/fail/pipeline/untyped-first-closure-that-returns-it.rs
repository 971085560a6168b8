use lionpride_concurrency::pipeline;

fn double(n: u32) -> u32 {
    n * 2
}

fn main() {
    let _ = pipeline!(|n| n, double);
    let _ = pipeline!(join(|n| n, |n| n), |(a, _)| a);
    let _ = pipeline!(each(2, |n| n), |all| all.len());
}
