use std::future::Future;
use std::pin::Pin;

use lionpride_concurrency::dispatch;

struct Meter(u32);

#[dispatch]
impl Meter {
    extern "C" fn foreign(n: u32) -> u32 {
        n
    }

    #[track_caller]
    fn located(n: u32) -> u32 {
        n
    }

    fn later(self) -> impl Future<Output = u32> {
        async move { self.0 }
    }

    fn boxed(self) -> Pin<Box<dyn Future<Output = u32> + Send>> {
        Box::pin(async move { self.0 })
    }

    fn serve(self) -> ! {
        loop {
            std::thread::park();
        }
    }
}

async fn caller() -> u32 {
    let n = Meter::foreign(1) + Meter::located(2).await;
    let n = n + Meter(3).later().await.await + Meter(4).boxed().await.await;
    if n > 100 {
        Meter(5).serve().await
    }
    n
}

fn main() {
    drop(caller());
}
