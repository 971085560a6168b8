use lionpride_concurrency::dispatch;

struct Wrapper<T>(T);

#[dispatch]
impl<T> Wrapper<T> {
    fn into_inner(self) -> T {
        self.0
    }
}

async fn caller() -> u32 {
    Wrapper(1).into_inner().await
}

fn main() {
    drop(caller());
}
