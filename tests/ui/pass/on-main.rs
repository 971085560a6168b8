//! A `main` awaits nothing: dispatched, it runs where it is.

use lionpride_concurrency::dispatch;

#[dispatch]
fn main() {
    assert_eq!(std::thread::current().name(), Some("main"));
}
