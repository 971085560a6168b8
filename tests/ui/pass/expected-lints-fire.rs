//! A lint that the user expects in a dispatched body fires there: `expect` would say so if not.
#![deny(warnings)]

use lionpride_concurrency::dispatch;

#[derive(Clone)]
struct Meter(u32);

#[dispatch(owned)]
impl Meter {
    #[expect(unused_variables)]
    fn argument(&self, unused: &str) -> u32 {
        self.0
    }

    fn local(&self) -> u32 {
        #[expect(unused_variables)]
        let unused = self.0;
        self.0
    }

    #[expect(unused_mut)]
    fn unchanged(&self, mut n: &u32) -> u32 {
        *n
    }

    #[expect(unused_assignments)]
    fn overwritten(&self) -> u32 {
        let mut n = 1;
        n = self.0;
        n
    }

    #[expect(unused_must_use)]
    fn dropped(&self) -> u32 {
        Ok::<u32, u32>(1);
        self.0
    }

    #[expect(unreachable_code)]
    fn unreachable(&self) -> u32 {
        return self.0;
        1
    }

    #[expect(dead_code)]
    fn dead(&self) -> u32 {
        self.0
    }

    #[dispatch(inline)]
    #[expect(dead_code)]
    fn dead_inline(&self) -> u32 {
        self.0
    }
}

#[expect(dead_code, unused_variables)]
#[dispatch]
fn dead(unused: u32) {}

#[dispatch]
#[expect(dead_code, unused_variables)]
fn dead_iterator(unused: u32) -> impl Iterator<Item = u32> {
    std::iter::empty()
}

#[dispatch]
trait Store: Sync {
    #[expect(unused_variables)]
    async fn get(&self, unused: u32) -> u32 {
        1
    }

    #[dispatch(inline)]
    #[expect(unused_assignments)]
    fn put(&self) -> u32 {
        let mut n = 1;
        n = 2;
        n
    }

    #[expect(dead_code)]
    fn never_called(&self);
}

#[dispatch]
impl Store for Meter {
    async fn never_called(&self) {}
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let meter = Meter(1);
    assert_eq!(meter.argument("a").await + meter.local().await + meter.unchanged(&1).await, 3);
    assert_eq!(meter.overwritten().await + meter.dropped().await, 2);
    assert_eq!(meter.unreachable().await, 1);
    assert_eq!(meter.get(1).await + meter.put().await, 3);
}
