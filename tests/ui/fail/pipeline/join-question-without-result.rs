use lionpride_concurrency::pipeline;

fn parse(n: u32) -> Result<u32, String> {
    Ok(n)
}

fn double(n: u32) -> u32 {
    n * 2
}

fn main() {
    let _ = pipeline!(parse?, join(double?, parse), |(a, _)| a + 1);
}
