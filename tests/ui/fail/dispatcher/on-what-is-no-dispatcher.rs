use lionpride_concurrency::run_sync;

struct Threads;

fn main() {
    drop(run_sync(|| 42).on(&Threads));
}
