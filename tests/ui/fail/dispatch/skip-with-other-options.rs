use lionpride_concurrency::dispatch;

struct Meter(u32);

#[dispatch(owned)]
impl Meter {
    #[dispatch(skip, inline)]
    fn read(&self) -> u32 {
        self.0
    }
}

fn caller() -> u32 {
    Meter(1).read()
}

fn main() {
    let _ = caller();
}
