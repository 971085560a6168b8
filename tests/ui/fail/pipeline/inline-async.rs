use lionpride_concurrency::pipeline;

async fn fetch(n: u32) -> u32 {
    n
}

fn main() {
    let _ = pipeline!(|n: u32| n + 1, inline(fetch));
}
