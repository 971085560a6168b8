use lionpride_concurrency::run_sync;

fn main() {
    let text = String::from("a");
    drop(run_sync(|| text.len()));
}
