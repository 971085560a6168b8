use lionpride_concurrency::Limiter;

static DB: Limiter = Limiter::new("db", 0);

fn main() {
    println!("{}", DB.limit());
}
