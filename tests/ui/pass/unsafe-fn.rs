//! An `unsafe fn` keeps its contract with its callers, and its body may rely on it.
#![deny(unsafe_op_in_unsafe_fn)]

use lionpride_concurrency::dispatch;

/// # Safety
///
/// `address` is that of a live `u32`.
#[dispatch]
unsafe fn read(address: usize) -> u32 {
    unsafe { *(address as *const u32) }
}

#[dispatch]
#[allow(unsafe_op_in_unsafe_fn)]
unsafe fn read_plainly(address: usize) -> u32 {
    *(address as *const u32)
}

static VALUE: u32 = 42;

#[tokio::main]
async fn main() {
    let address = &raw const VALUE as usize;
    assert_eq!(unsafe { read(address) }.await, 42);
    assert_eq!(unsafe { read_plainly(address) }.await, 42);
}
