#![deny(unused_must_use)]

use lionpride_concurrency::dispatch;

#[dispatch]
fn store(n: u32) {
    drop(n);
}

async fn caller() {
    store(1);
}

fn main() {
    drop(caller());
}
