use lionpride_concurrency::dispatch;

struct Store {
    count: u32,
}

#[dispatch]
impl Store {
    fn wrong_type(self) -> String {
        self.count
    }

    fn no_field(self) -> u32 {
        self.cuont
    }

    async fn in_place(&self) -> String {
        self.count
    }

    #[dispatch(inline)]
    fn inlined(&self) -> String {
        self.count
    }
}

#[dispatch]
trait Counted {
    fn count(self) -> u32;
}

#[dispatch]
impl Counted for Store {
    fn count(self) -> u32 {
        self.count.to_string()
    }
}

fn main() {}
