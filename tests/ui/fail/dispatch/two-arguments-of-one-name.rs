use lionpride_concurrency::dispatch;

#[dispatch]
fn sum(n: u32, n: u32) -> u32 {
    n
}

fn main() {
    drop(sum(1, 2));
}
