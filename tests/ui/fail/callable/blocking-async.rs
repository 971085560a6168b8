use lionpride_concurrency::callable;

async fn fetch(n: u32) -> u32 {
    n
}

fn main() {
    let _ = callable!(blocking(fetch));
}
