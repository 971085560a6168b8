use lionpride_concurrency::dispatch;

tokio::task_local! {
    static REQUEST: u32;
}

#[dispatch(inlnie)]
fn one(n: &u32) -> u32 {
    *n
}

#[dispatch(own)]
fn two(text: &str) -> usize {
    text.len()
}

#[dispatch(sheild)]
fn three(n: u32) -> u32 {
    n
}

#[dispatch(local(REQUEST))]
fn four() -> u32 {
    REQUEST.get()
}

#[dispatch(allow_block)]
async fn five(path: String) -> std::io::Result<String> {
    std::fs::read_to_string(path)
}

#[dispatch(crates = lionpride_concurrency)]
fn six(n: u32) -> u32 {
    n
}

struct Meter;

#[dispatch]
impl Meter {
    #[dispatch(skipp)]
    const fn seven() -> u32 {
        7
    }
}

async fn caller() -> u32 {
    let text = five("a".into()).await.unwrap_or_default();
    let length = two(&text).await as u32;
    one(&length).await + three(3).await + four().await + six(6).await + Meter::seven()
}

fn main() {
    drop(caller());
}
