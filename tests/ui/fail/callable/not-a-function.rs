use lionpride_concurrency::callable;

fn main() {
    let n = 5;
    let _ = callable!(n);
}
