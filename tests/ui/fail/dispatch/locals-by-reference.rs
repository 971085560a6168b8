use lionpride_concurrency::dispatch;

tokio::task_local! {
    static REQUEST: u32;
    static USER: String;
}

#[dispatch(locals(&REQUEST))]
fn request() -> u32 {
    REQUEST.get()
}

#[dispatch(locals(REQUEST USER))]
fn user() -> String {
    USER.get()
}

async fn caller() -> usize {
    user().await.len() + request().await as usize
}

fn main() {
    drop(caller());
}
