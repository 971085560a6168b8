use std::io;

use lionpride_concurrency::dispatch;

#[dispatch]
async fn branch() -> io::Result<String> {
    let output = std::process::Command::new("git").arg("branch").output()?;
    std::process::Command::new("git").arg("fetch").status()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

async fn caller() -> io::Result<String> {
    branch().await
}

fn main() {
    drop(caller());
}
