use lionpride_concurrency::callable;

fn main() {
    let _ = callable!(|n| n + 1);
}
