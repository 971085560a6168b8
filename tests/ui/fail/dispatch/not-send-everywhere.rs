use std::rc::Rc;

use lionpride_concurrency::dispatch;

#[derive(Clone)]
struct Session {
    cache: Rc<u32>,
}

#[dispatch]
fn argument(session: Session) -> u32 {
    *session.cache
}

#[dispatch]
fn result(n: u32) -> Session {
    Session { cache: Rc::new(n) }
}

#[dispatch(owned)]
fn borrowed(session: &Session) -> u32 {
    *session.cache
}

impl Session {
    #[dispatch]
    fn consumed(self) -> u32 {
        *self.cache
    }

    #[dispatch(owned)]
    fn lent(&self) -> u32 {
        *self.cache
    }
}

async fn caller() -> u32 {
    let session = result(1).await;
    let n = borrowed(&session).await + session.lent().await + session.clone().consumed().await;
    n + argument(session).await
}

fn main() {
    drop(caller());
}
