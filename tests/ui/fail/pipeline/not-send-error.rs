use std::error::Error;

use lionpride_concurrency::pipeline;

fn parse(text: String) -> Result<u32, Box<dyn Error>> {
    Ok(text.parse()?)
}

async fn fetch(n: u32) -> Result<u32, Box<dyn Error>> {
    Ok(n)
}

fn main() {
    let _ = pipeline!(parse?, |n| n + 1);
    let _ = pipeline!(|n: u32| n, fetch?, |n| n + 1);
    let _ = pipeline!(error = Box<dyn Error>, |text: String| text.parse::<u32>()?, |n| n + 1);
}
