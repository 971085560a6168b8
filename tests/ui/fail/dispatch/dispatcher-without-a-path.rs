use lionpride_concurrency::{Limiter, dispatch};

static DB: Limiter = Limiter::new("db", 4);

#[dispatch(on)]
fn one(n: u32) -> u32 {
    n
}

#[dispatch(on = )]
fn two(n: u32) -> u32 {
    n
}

#[dispatch(on(DB))]
fn three(n: u32) -> u32 {
    n
}

#[dispatch(on = , shield)]
fn four(n: u32) -> u32 {
    n
}

async fn caller() -> u32 {
    one(1).await + two(1).await + three(1).await + four(1).await
}

fn main() {
    let _ = &DB;
    drop(caller());
}
