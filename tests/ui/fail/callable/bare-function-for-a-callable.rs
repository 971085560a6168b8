use lionpride_concurrency::Callable;

fn double(n: u32) -> u32 {
    n * 2
}

fn takes(_: impl Callable<u32, Output = u32>) {}

fn main() {
    takes(double);
}
