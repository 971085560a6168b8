use lionpride_concurrency::dispatch;

#[dispatch]
fn id<T>(value: T) -> T {
    value
}

fn main() {}
