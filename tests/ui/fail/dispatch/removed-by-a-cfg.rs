use lionpride_concurrency::dispatch;

#[dispatch]
fn plain(#[cfg(any())] n: u32) -> u32 {
    n
}

#[dispatch(owned)]
fn lent(#[cfg(any())] n: &u32) -> u32 {
    *n
}

fn main() {}
