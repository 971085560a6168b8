use lionpride_concurrency::dispatch;

#[dispatch]
fn name(n: u32) -> String {
    n + 1
}

#[dispatch]
fn early(n: u32) -> String {
    if n == 0 {
        return n;
    }
    n.to_string();
}

fn main() {}
