use lionpride_concurrency::sleep;

fn main() {
    drop(sleep("1s"));
}
