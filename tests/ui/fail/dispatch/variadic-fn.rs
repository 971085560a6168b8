use lionpride_concurrency::dispatch;

#[dispatch]
unsafe extern "C" fn sum(count: usize, args: ...) -> usize {
    count
}

fn main() {}
