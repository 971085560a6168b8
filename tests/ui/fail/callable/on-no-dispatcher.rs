use lionpride_concurrency::callable;

fn one(n: u32) -> u32 {
    n
}

fn main() {
    let _ = callable!(on(4, one));
}
