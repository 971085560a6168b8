use lionpride_concurrency::dispatch;

macro_rules! double {
    ($name:ident) => {
        fn $name(n: u32) -> u32 {
            n * 2
        }
    };
}

#[dispatch]
double!(twice);

fn main() {
    let _ = twice(1);
}
