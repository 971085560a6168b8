use lionpride_concurrency::dispatch;

struct Order(u32);

#[dispatch(owned)]
fn argument(order: &Order) -> u32 {
    order.0
}

#[dispatch(owned)]
fn optional(order: Option<&Order>) -> u32 {
    order.map_or(0, |order| order.0)
}

#[dispatch(owned)]
fn many(orders: &[Order]) -> u32 {
    orders.iter().map(|order| order.0).sum()
}

#[dispatch(owned)]
impl Order {
    fn id(&self) -> u32 {
        self.0
    }
}

async fn caller() -> u32 {
    let order = Order(1);
    argument(&order).await
        + order.id().await
        + optional(Some(&order)).await
        + many(&[Order(2)]).await
}

fn main() {
    drop(caller());
}
