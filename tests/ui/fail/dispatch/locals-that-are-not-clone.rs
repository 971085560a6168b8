use lionpride_concurrency::dispatch;

struct Session(u32);

tokio::task_local! {
    static SESSION: Session;
}

#[dispatch(locals(SESSION))]
fn session() -> u32 {
    SESSION.with(|session| session.0)
}

async fn caller() -> u32 {
    session().await
}

fn main() {
    drop(caller());
}
