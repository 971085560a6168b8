use std::sync::LazyLock;

use lionpride_concurrency::run_sync;

static THREADS: LazyLock<usize> = LazyLock::new(|| 4);

fn main() {
    drop(run_sync(|| 42).on(&THREADS));
}
