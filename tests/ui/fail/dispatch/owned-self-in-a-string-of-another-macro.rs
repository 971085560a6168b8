use std::fmt;

use lionpride_concurrency::dispatch;

macro_rules! say {
    ($($args:tt)*) => {
        format!($($args)*)
    };
}

#[derive(Clone)]
struct Store(u32);

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Store {
    #[dispatch(owned)]
    fn first(&self) -> String {
        say!("{self} {}", self.0)
    }

    #[dispatch(owned)]
    fn second(&self) -> String {
        let show = || vec![say!("{self:>4}")];
        show().concat()
    }
}

async fn caller() -> String {
    Store(1).first().await + &Store(1).second().await
}

fn main() {
    drop(caller());
}
