use lionpride_concurrency::pipeline;

fn parse(n: u32) -> Result<u32, String> {
    Ok(n)
}

fn check(n: u32) -> Result<u32, u8> {
    Ok(n)
}

fn main() {
    let _ = pipeline!(parse?, |n| n..9, each(4, check)?, |all| all.len());
}
