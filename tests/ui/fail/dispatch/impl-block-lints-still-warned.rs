#![deny(unused, unreachable_code, dead_code)]

use lionpride_concurrency::dispatch;

pub struct Meter(u32);

#[dispatch]
impl Meter {
    fn dead(self, unused: u32) -> u32 {
        let local = self.0;
        self.0
    }

    async fn dead_async(&self, mut unchanged: u32) -> u32 {
        let _ = unchanged;
        Ok::<u32, u32>(self.0);
        self.0
    }

    #[dispatch(inline)]
    fn dead_inline(&self, unused: u32) -> u32 {
        return self.0;
        unused
    }

    pub fn live(self, unused: u32) -> u32 {
        let mut total = 0;
        total = self.0;
        total
    }
}

async fn caller() -> u32 {
    Meter(1).live(2).await
}

fn main() {
    drop(caller());
}
