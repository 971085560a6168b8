use std::io;
use std::net::ToSocketAddrs;

use lionpride_concurrency::dispatch;

#[dispatch]
async fn serve(address: &str) -> io::Result<()> {
    let listener = std::net::TcpListener::bind(address)?;
    let socket = std::net::UdpSocket::bind("127.0.0.1:0")?;
    let stream = std::net::TcpStream::connect(address)?;
    let resolved = address.to_socket_addrs()?;
    drop((listener, socket, stream, resolved));
    Ok(())
}

async fn caller() -> io::Result<()> {
    serve("127.0.0.1:0").await
}

fn main() {
    drop(caller());
}
