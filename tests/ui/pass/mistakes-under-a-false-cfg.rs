//! What a `cfg` removes is no mistake, wherever it stands.
#![deny(warnings)]

use std::time::Duration;

use lionpride_concurrency::dispatch;

#[dispatch]
fn borrowed(#[cfg(any())] text: &str, n: u32) -> u32 {
    n
}

#[dispatch(owned)]
fn mutable(n: &u32, #[cfg(any())] list: Vec<&mut str>, #[cfg(any())] texts: &[&str]) -> u32 {
    *n
}

#[dispatch]
fn removed_by_another(#[cfg_attr(all(), cfg(any()))] text: &mut String, n: u32) -> u32 {
    n
}

#[dispatch]
#[cfg_attr(any(), track_caller)]
fn attribute() -> u32 {
    1
}

#[dispatch]
#[cfg_attr(any(), dispatch(inline))]
fn second() -> u32 {
    1
}

#[dispatch(nonsense)]
#[cfg(any())]
const fn whole(text: &str) -> u32 {
    1
}

#[derive(Clone)]
struct Store(u32);

#[dispatch]
impl Store {
    #[cfg(any())]
    const fn constant(text: &str) -> u32 {
        1
    }

    #[cfg_attr(all(), cfg(any()))]
    #[dispatch(nonsense)]
    fn option(&mut self) -> u32 {
        1
    }

    #[cfg(any())]
    async fn blocks(&self) -> u32 {
        std::fs::read("a").map_or(0, |_| 1)
    }

    #[cfg_attr(any(), dispatch(skip, inline))]
    #[cfg_attr(any(), track_caller)]
    fn attributes(self) -> u32 {
        self.0
    }
}

#[dispatch]
trait Trait: Sync {
    #[cfg(any())]
    #[dispatch(owned)]
    fn declared(&self, text: &str);

    async fn with_body(&self, #[cfg(any())] (a, b): (u32, u32), n: u32) -> u32 {
        #[cfg(any())]
        std::thread::sleep(Duration::from_secs(a + b));
        n
    }
}

impl Trait for Store {}

struct Pair {
    a: u32,
}

#[dispatch]
async fn body(nap: Duration) -> u32 {
    #[cfg(any())]
    std::thread::sleep(nap);
    #[cfg(any())]
    {
        std::thread::sleep(nap);
    }
    #[cfg(any())]
    let text = std::fs::read("a");
    #[cfg(any())]
    return std::fs::read("a").map_or(0, |_| 1);
    match nap.is_zero() {
        #[cfg(any())]
        true => std::thread::sleep(nap),
        _ => {}
    }
    let pair = Pair {
        a: 1,
        #[cfg(any())]
        b: std::fs::read("a"),
    };
    let list = [
        1,
        #[cfg(any())]
        std::fs::read("a"),
    ];
    pair.a + list[0]
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let n = 1;
    assert_eq!(borrowed(n).await + mutable(&n).await + removed_by_another(n).await, 3);
    assert_eq!(attribute().await + second().await, 2);
    assert_eq!(Store(1).attributes().await + Store(1).with_body(1).await, 2);
    assert_eq!(body(Duration::ZERO).await, 2);
}
