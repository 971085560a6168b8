use lionpride_concurrency::dispatch;

trait Source: Sync {
    fn read(&self) -> u32;
}

impl Source for u32 {
    fn read(&self) -> u32 {
        *self
    }
}

#[dispatch]
fn plainly(source: &dyn Source) -> u32 {
    source.read()
}

#[dispatch(owned)]
fn owned(source: &dyn Source) -> u32 {
    source.read()
}

#[dispatch(owned)]
fn with_more(source: &(dyn Source + Send)) -> u32 {
    source.read()
}

async fn caller() -> u32 {
    plainly(&1).await + owned(&2).await + with_more(&3).await
}

fn main() {
    drop(caller());
}
