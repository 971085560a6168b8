use lionpride_concurrency::dispatch;

#[dispatch]
fn main() {
    println!("never");
}
