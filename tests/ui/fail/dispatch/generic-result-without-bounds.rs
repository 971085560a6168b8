use std::str::FromStr;

use lionpride_concurrency::dispatch;

#[dispatch]
fn parse<T: FromStr>(text: String) -> Option<T> {
    text.parse().ok()
}

async fn caller() -> u32 {
    parse::<u32>("1".into()).await.unwrap_or_default()
}

fn main() {
    drop(caller());
}
