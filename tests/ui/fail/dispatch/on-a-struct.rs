use lionpride_concurrency::dispatch;

#[dispatch]
struct Order {
    id: u32,
}

fn main() {
    let _ = Order { id: 1 };
}
