use std::sync::{LazyLock, Mutex};

use lionpride_concurrency::{Limiter, dispatch};

static LIMIT: u32 = 4;

static POOL: LazyLock<Vec<u8>> = LazyLock::new(Vec::new);

static LOCKED: Mutex<Limiter> = Mutex::new(Limiter::new("db", 4));

tokio::task_local! {
    static REQUEST: u32;
}

#[dispatch(on = LIMIT)]
fn one(n: u32) -> u32 {
    n
}

#[dispatch(on = POOL, shield, locals(REQUEST))]
fn two(n: u32) -> u32 {
    n
}

struct Meter;

#[dispatch]
impl Meter {
    #[dispatch(on = LOCKED)]
    fn three(self) -> u32 {
        3
    }

    #[dispatch(on = one)]
    fn four(self) -> impl Into<u32> + Send {
        4_u8
    }
}

async fn caller() -> u32 {
    one(1).await + two(2).await + Meter.three().await + Meter.four().await.into()
}

fn main() {
    drop(caller());
}
