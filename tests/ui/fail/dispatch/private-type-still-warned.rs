#![deny(private_interfaces)]

use lionpride_concurrency::dispatch;

struct Secret(u32);

#[dispatch]
pub fn open(secret: Secret) -> u32 {
    secret.0
}

fn main() {}
