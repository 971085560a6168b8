use std::rc::Rc;

use lionpride_concurrency::{dispatch, sleep};

#[dispatch]
async fn count(n: u32) -> u32 {
    let shared = Rc::new(n);
    sleep(0.01).await;
    *shared
}

fn main() {
    tokio::spawn(count(1));
}
