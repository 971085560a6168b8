use std::rc::Rc;

use lionpride_concurrency::dispatch;

#[dispatch]
fn count(#[cfg(not(any()))] a: Rc<u32>, #[cfg(any())] b: Rc<u32>) -> u32 {
    1
}

struct NotClone;

#[dispatch(owned)]
fn look(#[cfg(not(any()))] a: &NotClone, #[cfg(any())] b: &NotClone) -> u32 {
    1
}

fn main() {}
