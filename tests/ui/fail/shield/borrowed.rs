use lionpride_concurrency::shield;

fn main() {
    let text = String::from("a");
    drop(shield(async { text.len() }));
}
