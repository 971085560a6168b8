use lionpride_concurrency::pipeline;

fn double(n: u32) -> u32 {
    n * 2
}

fn alone() {
    let _ = pipeline!(|n| n, double);
}

fn joined() {
    let _ = pipeline!(join(|n| n, |n| n), |(a, _)| a);
}

fn each() {
    let _ = pipeline!(each(2, |n| n), |all| all.len());
}

fn main() {
    alone();
    joined();
    each();
}
