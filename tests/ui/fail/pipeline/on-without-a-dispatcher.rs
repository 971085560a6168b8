use lionpride_concurrency::{Limiter, pipeline};

static DB: Limiter = Limiter::new("db", 4);

fn parse(n: u32) -> Result<u32, ()> {
    Ok(n)
}

fn main() {
    let _ = pipeline!(parse?, on(parse)?);
    let _ = pipeline!(on()?, parse?);
    let _ = pipeline!(on(DB, parse, parse)?);
    let _ = (&DB, parse);
}
