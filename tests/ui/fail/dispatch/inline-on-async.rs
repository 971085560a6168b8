use lionpride_concurrency::dispatch;

#[dispatch(inline)]
async fn double(n: u32) -> u32 {
    n * 2
}

fn main() {}
