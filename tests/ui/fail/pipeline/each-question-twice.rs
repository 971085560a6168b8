use lionpride_concurrency::pipeline;

fn parse(n: u32) -> Result<u32, String> {
    Ok(n)
}

fn main() {
    let _ = pipeline!(|n: u32| n..9, each(4, parse?)?);
}
