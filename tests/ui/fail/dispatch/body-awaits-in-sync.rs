use lionpride_concurrency::{dispatch, sleep};

#[dispatch]
fn pause(n: u32) -> u32 {
    sleep(0.01).await;
    n
}

async fn caller() -> u32 {
    pause(1).await
}

fn main() {
    drop(caller());
}
