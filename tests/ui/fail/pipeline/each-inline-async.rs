use lionpride_concurrency::pipeline;

async fn later(n: u32) -> u32 {
    n
}

fn main() {
    let _ = pipeline!(|n: u32| n..9, each(4, inline(later)), |all| all.len());
}
