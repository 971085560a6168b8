use std::fmt;

use lionpride_concurrency::dispatch;

#[derive(Clone)]
struct Meter(u32);

#[dispatch(inline)]
impl fmt::Display for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.0)
    }
}

fn main() {
    println!("{}", Meter(1));
}
