use lionpride_concurrency::{Limiter, pipeline};

static DB: Limiter = Limiter::new("db", 4);

fn parse(n: u32) -> u32 {
    n
}

fn store(_: String) -> u32 {
    0
}

fn main() {
    let _ = pipeline!(parse, on(DB, store), |n| n + 1);
}
