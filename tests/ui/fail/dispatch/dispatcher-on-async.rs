use lionpride_concurrency::{Limiter, dispatch};

static DB: Limiter = Limiter::new("db", 4);

#[dispatch(on = DB)]
async fn one(n: u32) -> u32 {
    n
}

struct Meter;

#[dispatch(on = DB)]
impl Meter {
    async fn two(&self) -> u32 {
        2
    }

    #[dispatch(on = DB)]
    async fn three(&self) -> u32 {
        3
    }
}

async fn caller() -> u32 {
    one(1).await + Meter.two().await + Meter.three().await
}

fn main() {
    let _ = &DB;
    drop(caller());
}
