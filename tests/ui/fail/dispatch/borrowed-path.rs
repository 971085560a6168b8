use lionpride_concurrency::dispatch;

#[dispatch]
fn load(path: &std::path::Path) -> std::io::Result<Vec<u8>> {
    std::fs::read(path)
}

fn main() {}
