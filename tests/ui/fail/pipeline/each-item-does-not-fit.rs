use lionpride_concurrency::pipeline;

fn double(n: u32) -> u32 {
    n * 2
}

fn main() {
    let _ = pipeline!(|n: u32| n..9, each(4, str::len), |all| all.len());
}
