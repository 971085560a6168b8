use std::rc::Rc;

use lionpride_concurrency::{dispatch, sleep};

#[dispatch]
trait Store {
    async fn get(&self, key: u32) -> u32
    where
        Self: Sync,
    {
        let shared = Rc::new(key);
        sleep(0.01).await;
        *shared
    }
}

fn main() {}
