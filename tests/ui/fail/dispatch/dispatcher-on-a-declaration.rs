use lionpride_concurrency::{Limiter, dispatch};

static DB: Limiter = Limiter::new("db", 4);

#[dispatch]
trait Store {
    #[dispatch(on = DB)]
    fn get(self) -> u32;
}

struct Memory;

#[dispatch(on = DB)]
impl Store for Memory {
    fn get(self) -> u32 {
        1
    }
}

async fn caller() -> u32 {
    Memory.get().await
}

fn main() {
    drop(caller());
}
