use lionpride_concurrency::dispatch;

#[dispatch(crate)]
fn bare(n: u32) -> u32 {
    n
}

#[dispatch(crate =)]
fn nothing(n: u32) -> u32 {
    n
}

#[dispatch(crate(lionpride_concurrency))]
fn parentheses(n: u32) -> u32 {
    n
}

async fn caller() -> u32 {
    bare(1).await + nothing(2).await + parentheses(3).await
}

fn main() {
    drop(caller());
}
