use lionpride_concurrency::{Limiter, callable};

static DB: Limiter = Limiter::new("db", 4);

async fn fetch(a: u8, b: u8) -> u8 {
    a + b
}

#[derive(Clone)]
struct Client;

impl Client {
    async fn fetch(&self, a: u8) -> u8 {
        a
    }
}

fn main() {
    let _ = callable!(inline(fetch(_, 1)));
    let _ = callable!(on(DB, fetch(_, 1)));
    let _ = callable!(inline(Client.fetch(_)));
    let _ = callable!(on(DB, Client.fetch(_)));
}
