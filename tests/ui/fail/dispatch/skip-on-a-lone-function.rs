use lionpride_concurrency::dispatch;

#[dispatch(skip)]
fn double(n: u32) -> u32 {
    n * 2
}

struct Meter;

impl Meter {
    #[dispatch(skip)]
    fn unit(&self) -> &'static str {
        "s"
    }
}

fn caller() -> usize {
    Meter.unit().len() + double(1) as usize
}

fn main() {
    let _ = caller();
}
