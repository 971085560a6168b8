#![deny(unused, unreachable_code, dead_code)]

use lionpride_concurrency::dispatch;

#[derive(Clone)]
pub struct Meter(u32);

#[dispatch(owned)]
impl Meter {
    fn dead(&self, unused: &str) -> u32 {
        self.0
    }

    pub fn live(&self, used: &str, unused: &str, mut unchanged: &str) -> usize {
        let local = used;
        let mut total = 0;
        total = unchanged.len();
        self.0.checked_add(1);
        Ok::<u32, u32>(self.0);
        return total;
        total
    }
}

#[dispatch(owned)]
fn dead_function((left, right): &(u32, u32)) -> u32 {
    *left
}

async fn caller() -> usize {
    Meter(1).live("a", "b", "c").await
}

fn main() {
    drop(caller());
}
