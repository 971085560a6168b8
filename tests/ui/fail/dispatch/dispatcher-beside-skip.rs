use lionpride_concurrency::{Limiter, dispatch};

static DB: Limiter = Limiter::new("db", 4);

struct Meter;

#[dispatch(inline)]
impl Meter {
    #[dispatch(skip, on = DB)]
    fn one(&self) -> usize {
        1
    }

    fn two(&self) -> usize {
        self.one() + 1
    }
}

async fn caller() -> usize {
    Meter.two().await
}

fn main() {
    let _ = &DB;
    drop(caller());
}
