use lionpride_concurrency::dispatch;

tokio::task_local! {
    static REQUEST: u32;
    static USER: u32;
}

#[dispatch(locals(REQUEST), locals(USER))]
fn both() -> u32 {
    REQUEST.get() + USER.get()
}

#[dispatch(locals(REQUEST, REQUEST))]
fn again() -> u32 {
    REQUEST.get()
}

async fn caller() -> u32 {
    both().await + again().await
}

fn main() {
    drop(caller());
}
