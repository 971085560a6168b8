use lionpride_concurrency::dispatch;

#[dispatch(owned)]
trait Store: Clone + Send + Sync + 'static {
    fn get(&self, key: u32) -> String {
        key + 1
    }

    #[dispatch(inline)]
    fn count(&self) -> usize {
        let text: String = 1;
        text.size()
    }

    async fn name(&self) -> String {
        if self.count().await == 0 {
            return 1;
        }
        undefined()
    }

    #[dispatch(inline)]
    fn nothing(&self) -> u32 {}

    async fn borrowed(&self) -> &str {
        self.count().await
    }
}

fn main() {}
