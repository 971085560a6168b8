use lionpride_concurrency::dispatch;

#[dispatch]
fn borrowed(#[cfg(not(any()))] text: &str) -> usize {
    text.len()
}

#[dispatch]
#[cfg_attr(not(any()), track_caller)]
fn attribute() -> u32 {
    1
}

#[dispatch]
#[cfg_attr(not(any()), dispatch(inline))]
fn second() -> u32 {
    1
}

#[derive(Clone)]
struct Store(u32);

#[dispatch(owned)]
impl Store {
    #[cfg(not(any()))]
    const fn constant(&self) -> u32 {
        1
    }

    #[cfg_attr(not(any()), dispatch(nonsense))]
    fn option(&self) -> u32 {
        self.0
    }

    #[cfg_attr(not(any()), dispatch(skip, inline))]
    fn skipped(&self) -> u32 {
        self.0
    }

    #[cfg_attr(not(any()), cfg_attr(not(any()), track_caller))]
    fn tracked(&self) -> u32 {
        self.0
    }

    fn mutable(&self, #[cfg(not(any()))] text: &mut String) -> usize {
        text.len()
    }
}

#[dispatch]
async fn body() {
    #[cfg(not(any()))]
    std::thread::sleep(std::time::Duration::ZERO);
}

async fn caller() -> usize {
    body().await;
    let _ = attribute().await + second().await;
    let store = Store(1);
    let _ = store.option().await + store.skipped() + store.tracked().await;
    borrowed("a").await + store.mutable(&mut String::new()).await
}

fn main() {
    drop(caller());
}
