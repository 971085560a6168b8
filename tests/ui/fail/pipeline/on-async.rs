use lionpride_concurrency::{Limiter, pipeline};

static DB: Limiter = Limiter::new("db", 4);

fn parse(n: u32) -> u32 {
    n
}

async fn fetch(n: u32) -> u32 {
    n
}

fn main() {
    let _ = pipeline!(parse, on(DB, fetch), parse);
}
