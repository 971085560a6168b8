use lionpride_concurrency::dispatch;

#[dispatch(on = POSTGRES)]
fn one(n: u32) -> u32 {
    n
}

#[dispatch(shield, on = pools::DB)]
fn two(n: u32) -> u32 {
    n
}

async fn caller() -> u32 {
    one(1).await + two(2).await
}

fn main() {
    drop(caller());
}
