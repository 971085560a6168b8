use lionpride_concurrency::{Callable, callable, is_async, pipeline};

struct Key(u8);

fn open(key: Key, n: u8) -> u8 {
    key.0 + n
}

impl Key {
    async fn turn(&self, n: u8) -> u8 {
        self.0 + n
    }
}

async fn caller() -> u8 {
    callable!(open(Key(1), _)).call(2).await
}

fn main() {
    let key = Key(1);
    let _ = callable!(open(key, _));
    let _ = callable!(Key(2).turn(_));
    let _ = pipeline!(open(Key(3), _));
    let _ = is_async!(open(Key(4), _));
    drop(caller());
}
