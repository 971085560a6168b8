use lionpride_concurrency::dispatch;

#[dispatch]
fn unknown(order: Order) -> u32 {
    order.id
}

fn main() {}
