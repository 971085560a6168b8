use lionpride_concurrency::dispatch;

#[dispatch]
#[dispatch(owned)]
fn length(text: &str) -> usize {
    text.len()
}

struct Meter;

#[dispatch]
impl Meter {
    #[dispatch(inline)]
    #[dispatch(owned)]
    fn unit(&self) -> &'static str {
        "s"
    }
}

#[dispatch]
#[dispatch(owned)]
impl Meter {
    fn name(&self) -> &'static str {
        "meter"
    }
}

async fn caller() -> usize {
    length("a").await + Meter.unit().await.len() + Meter.name().await.len()
}

fn main() {
    drop(caller());
}
