use std::cell::Cell;

use lionpride_concurrency::dispatch;

static LIMIT: u32 = 3;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

#[dispatch(locals(LIMIT, DEPTH))]
fn limit() -> u32 {
    LIMIT + DEPTH.get()
}

async fn caller() -> u32 {
    limit().await
}

fn main() {
    drop(caller());
}
