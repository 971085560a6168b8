use lionpride_concurrency::dispatch;

#[dispatch]
fn read(path: String) -> Result<String, Box<dyn std::error::Error>> {
    Ok(std::fs::read_to_string(path)?)
}

async fn caller() -> Result<usize, Box<dyn std::error::Error>> {
    Ok(read("a".into()).await?.len())
}

fn main() {
    drop(caller());
}
