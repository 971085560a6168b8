use lionpride_concurrency::pipeline;

struct AppError;

fn parse(n: u32) -> Result<u32, String> {
    Ok(n)
}

fn main() {
    let _ = pipeline!(error = AppError, parse?, |n| n + 1, |n| n);
}
