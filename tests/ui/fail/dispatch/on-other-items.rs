use lionpride_concurrency::dispatch;

#[dispatch]
enum Kind {
    Sync,
}

#[dispatch]
mod inner {
    pub fn double(n: u32) -> u32 {
        n * 2
    }
}

#[dispatch]
const LIMIT: u32 = 3;

#[dispatch]
static NAME: &str = "meter";

#[dispatch]
use std::collections::HashMap;

#[dispatch]
macro_rules! two {
    () => {
        2
    };
}

#[dispatch]
unsafe extern "C" {
    safe fn abs(n: i32) -> i32;
}

#[dispatch]
type Index = HashMap<u32, Kind>;

#[dispatch]
pub union Bits {
    word: u32,
}

fn caller() -> u32 {
    let index = Index::from([(1, Kind::Sync)]);
    let bits = Bits { word: 1 };
    drop(bits);
    inner::double(LIMIT) + NAME.len() as u32 + two!() + index.len() as u32 + abs(-1) as u32
}

fn main() {
    let _ = caller();
}
