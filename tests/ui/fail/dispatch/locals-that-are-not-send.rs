use std::rc::Rc;

use lionpride_concurrency::dispatch;

tokio::task_local! {
    static SESSION: Rc<u32>;
}

#[dispatch(locals(SESSION))]
fn session() -> u32 {
    SESSION.with(|session| **session)
}

async fn caller() -> u32 {
    session().await
}

fn main() {
    drop(caller());
}
