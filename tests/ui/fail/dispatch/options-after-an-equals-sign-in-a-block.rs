use lionpride_concurrency::dispatch;

struct Meter;

#[dispatch]
impl Meter {
    #[dispatch = "skip"]
    fn unit(&self) -> &'static str {
        "s"
    }
}

async fn caller() -> usize {
    Meter.unit().await.len()
}

fn main() {
    drop(caller());
}
