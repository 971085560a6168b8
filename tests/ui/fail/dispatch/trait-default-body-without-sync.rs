use lionpride_concurrency::dispatch;

#[dispatch]
trait Store {
    fn get(&self, key: u32) -> u32;

    #[dispatch(inline)]
    fn get_twice(&self, key: u32) -> u32 {
        key * 2
    }

    async fn get_thrice(&self, key: u32) -> u32 {
        self.get(key).await + self.get_twice(key).await
    }
}

fn main() {}
