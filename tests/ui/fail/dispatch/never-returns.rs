use lionpride_concurrency::dispatch;

#[dispatch]
fn serve(port: u16) -> ! {
    loop {
        let _ = port;
    }
}

fn main() {}
