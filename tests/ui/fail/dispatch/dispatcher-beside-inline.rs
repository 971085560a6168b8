use lionpride_concurrency::{Limiter, dispatch};

static DB: Limiter = Limiter::new("db", 4);

#[dispatch(inline, on = DB)]
fn one(text: &str) -> usize {
    text.len()
}

struct Meter;

#[dispatch(on = DB, inline)]
impl Meter {
    fn two(&self) -> usize {
        2
    }
}

async fn caller() -> usize {
    one("a").await + Meter.two().await
}

fn main() {
    let _ = &DB;
    drop(caller());
}
