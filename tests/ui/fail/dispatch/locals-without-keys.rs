use lionpride_concurrency::dispatch;

#[dispatch(locals)]
fn bare(n: u32) -> u32 {
    n
}

#[dispatch(locals())]
fn empty(n: u32) -> u32 {
    n
}

async fn caller() -> u32 {
    bare(1).await + empty(2).await
}

fn main() {
    drop(caller());
}
