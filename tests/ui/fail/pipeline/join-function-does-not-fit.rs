use lionpride_concurrency::pipeline;

fn double(n: u32) -> u32 {
    n * 2
}

fn main() {
    let _ = pipeline!(double, join(double, str::len, |n| n + 1), |(a, _, c)| a + c);
}
