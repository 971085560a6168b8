use lionpride_concurrency::dispatch;

mod reqwest {
    pub mod blocking {
        pub fn get(url: &str) -> String {
            url.to_owned()
        }

        pub struct Client;

        impl Client {
            pub fn new() -> Self {
                Self
            }
        }
    }
}

#[dispatch]
async fn fetch(url: &str) -> String {
    let _client = reqwest::blocking::Client::new();
    reqwest::blocking::get(url)
}

async fn caller() -> String {
    fetch("a").await
}

fn main() {
    drop(caller());
}
