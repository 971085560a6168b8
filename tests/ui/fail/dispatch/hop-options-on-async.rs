use lionpride_concurrency::dispatch;

tokio::task_local! {
    static REQUEST: u32;
}

#[dispatch(owned)]
async fn one(text: &str) -> usize {
    text.len()
}

#[dispatch(shield, locals(REQUEST))]
async fn two() -> u32 {
    REQUEST.get()
}

struct Meter;

#[dispatch(owned)]
impl Meter {
    #[dispatch(inline)]
    async fn three(&self) -> u32 {
        3
    }
}

async fn caller() -> u32 {
    one("a").await as u32 + two().await + Meter.three().await
}

fn main() {
    drop(caller());
}
