use std::num::ParseIntError;

use lionpride_concurrency::pipeline;

fn parse(text: String) -> Result<u32, ParseIntError> {
    text.parse()
}

fn check(n: u32) -> Result<u32, String> {
    if n > 0 { Ok(n) } else { Err("zero".to_owned()) }
}

fn main() {
    let _ = pipeline!(parse?, check?);
}
