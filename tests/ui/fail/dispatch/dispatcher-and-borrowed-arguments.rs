use lionpride_concurrency::{Limiter, dispatch};

static DB: Limiter = Limiter::new("db", 4);

#[dispatch(on = DB)]
fn length(text: &str) -> usize {
    text.len()
}

async fn caller() -> usize {
    length("a").await
}

fn main() {
    let _ = &DB;
    drop(caller());
}
