#![deny(unused, unreachable_code)]

use lionpride_concurrency::dispatch;

#[dispatch]
fn never_called(used: u32, not_used: u32, mut not_changed: u32) -> u32 {
    let local = used;
    return used + not_changed;
    used
}

fn main() {}
