#![deny(dead_code, unused_must_use)]

use lionpride_concurrency::dispatch;

#[dispatch]
fn never_called(n: u32) -> u32 {
    n
}

#[dispatch]
#[must_use = "it costs a lot"]
fn costly(n: u32) -> u32 {
    n
}

fn main() {
    costly(1);
}
