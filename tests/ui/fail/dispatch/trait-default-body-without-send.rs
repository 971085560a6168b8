use lionpride_concurrency::dispatch;

#[dispatch]
trait Store {
    fn get(self, key: u32) -> u32;

    async fn get_once(self, key: u32) -> u32
    where
        Self: Sized,
    {
        self.get(key).await
    }

    fn show<T: std::fmt::Display>(value: T) -> String {
        value.to_string()
    }
}

fn main() {}
