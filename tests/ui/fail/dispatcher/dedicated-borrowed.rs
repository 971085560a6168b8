use lionpride_concurrency::Dedicated;

fn main() {
    let device = Dedicated::new("device", || 1);
    let text = String::from("a");
    drop(device.call(|one| *one + text.len()));
}
