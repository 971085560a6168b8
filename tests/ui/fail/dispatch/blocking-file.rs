use std::io::{self, Write};

use lionpride_concurrency::dispatch;

#[dispatch]
async fn copy(from: &str, to: &str) -> io::Result<()> {
    let text = std::fs::read_to_string(from)?;
    let _source = std::fs::File::open(from)?;
    let mut target = std::fs::OpenOptions::new().create(true).append(true).open(to)?;
    let _again = std::fs::File::options().read(true).open(to)?;
    std::fs::DirBuilder::new().recursive(true).create("a/b")?;
    target.write_all(text.as_bytes())
}

async fn caller() {
    copy("a", "b").await.unwrap();
}

fn main() {
    drop(caller());
}
