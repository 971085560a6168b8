use lionpride_concurrency::dispatch;

struct Meter(u32);

#[dispatch]
impl From<u32> for Meter {
    fn from(n: u32) -> Self {
        Self(n)
    }
}

fn main() {
    let _ = Meter::from(1);
}
