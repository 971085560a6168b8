use lionpride_concurrency::dispatch;

#[dispatch]
unsafe fn read(address: usize) -> usize {
    address
}

fn main() {
    drop(read(1));
}
