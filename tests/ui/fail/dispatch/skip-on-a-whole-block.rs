use lionpride_concurrency::dispatch;

struct Meter(u32);

#[dispatch(skip)]
impl Meter {
    fn read(self) -> u32 {
        self.0
    }
}

fn caller() -> u32 {
    Meter(1).read()
}

fn main() {
    let _ = caller();
}
