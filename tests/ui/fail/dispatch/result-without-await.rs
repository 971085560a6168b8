use lionpride_concurrency::dispatch;

#[dispatch]
fn double(n: u32) -> u32 {
    n * 2
}

#[dispatch]
fn read(path: String) -> std::io::Result<String> {
    std::fs::read_to_string(path)
}

async fn caller() -> std::io::Result<u32> {
    let n: u32 = double(1);
    let text = read("a".into())?;
    Ok(n + double(2) + text.len() as u32)
}

fn main() {
    drop(caller());
}
