//! A `main` awaits nothing: dispatched, it runs where it is.

use lionpride_concurrency::dispatch;

#[dispatch]
fn main() {
    println!("never");
}
