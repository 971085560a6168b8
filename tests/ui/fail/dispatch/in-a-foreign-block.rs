use lionpride_concurrency::dispatch;

unsafe extern "C" {
    #[dispatch]
    safe fn abs(n: i32) -> i32;
}

fn main() {
    let _ = abs(-1);
}
