use lionpride_concurrency::dispatch;

#[dispatch(allow_blocking)]
fn read(path: String) -> std::io::Result<String> {
    std::fs::read_to_string(path)
}

async fn caller() -> usize {
    read("a".into()).await.map_or(0, |text| text.len())
}

fn main() {
    drop(caller());
}
