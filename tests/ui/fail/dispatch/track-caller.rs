use lionpride_concurrency::dispatch;

#[dispatch]
#[track_caller]
fn double(n: u32) -> u32 {
    n * 2
}

fn main() {}
