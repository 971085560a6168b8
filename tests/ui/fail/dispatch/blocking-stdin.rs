use std::io::{self, BufRead, Read};

use lionpride_concurrency::dispatch;

#[dispatch]
async fn ask() -> io::Result<String> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    std::io::stdin().lock().read_to_string(&mut line)?;
    let first = std::io::stdin().lock().lines().next();
    line.extend(first.transpose()?);
    std::io::read_to_string(io::empty())
}

async fn caller() -> io::Result<String> {
    ask().await
}

fn main() {
    drop(caller());
}
