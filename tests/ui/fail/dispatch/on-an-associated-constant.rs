use lionpride_concurrency::dispatch;

struct Meter;

impl Meter {
    #[dispatch]
    const UNIT: &'static str = "s";
}

#[dispatch]
impl Meter {
    #[dispatch(skip)]
    const NAME: &'static str = "meter";
}

fn main() {
    let _ = (Meter::UNIT, Meter::NAME);
}
