use lionpride_concurrency::{Limiter, dispatch};

static DB: Limiter = Limiter::new("db", 4);

fn limiter() -> Limiter {
    DB.clone()
}

#[dispatch(on = limiter())]
fn one(n: u32) -> u32 {
    n
}

#[dispatch(on = Limiter::new("db", 4), shield)]
fn two(n: u32) -> u32 {
    n
}

#[dispatch(on = &DB)]
fn three(n: u32) -> u32 {
    n
}

struct Meter {
    db: Limiter,
}

#[dispatch(owned)]
impl Meter {
    #[dispatch(on = self.db)]
    fn four(&self) -> u32 {
        4
    }
}

#[dispatch(on = 4)]
fn five(n: u32) -> u32 {
    n
}

async fn caller() -> u32 {
    one(1).await + two(2).await + three(3).await + Meter { db: limiter() }.four().await + five(5).await
}

fn main() {
    drop(caller());
}
