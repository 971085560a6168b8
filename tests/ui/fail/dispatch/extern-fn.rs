use lionpride_concurrency::dispatch;

#[dispatch]
extern "C" fn double(n: u32) -> u32 {
    n * 2
}

fn main() {}
