//! A client that can hang up at any time: HTTP over a socket.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpStream;

/// A connection, made when it is needed, and again when the service has closed it.
pub(crate) struct Client {
    address: SocketAddr,
    stream: Option<BufStream<TcpStream>>,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) request: u64,
    pub(crate) retry_after: Option<u64>,
    pub(crate) body: Value,
}

/// The path that searches for `text`.
pub(crate) fn search(text: &str) -> String {
    format!("/search?q={}", text.replace('%', "%25"))
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, stream: None }
    }

    pub(crate) async fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.send_get(path).await?;
        self.answer().await
    }

    pub(crate) async fn post(&mut self, text: &str) -> io::Result<Answer> {
        self.send_post(text).await?;
        self.answer().await
    }

    pub(crate) async fn post_json(&mut self, body: &Value) -> io::Result<Answer> {
        self.send_json(body).await?;
        self.answer().await
    }

    pub(crate) async fn send_get(&mut self, path: &str) -> io::Result<()> {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n")).await
    }

    pub(crate) async fn send_post(&mut self, text: &str) -> io::Result<()> {
        self.send_json(&json!({ "text": text })).await
    }

    async fn send_json(&mut self, body: &Value) -> io::Result<()> {
        let body = body.to_string();
        self.send(format!(
            "POST /notes HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        ))
        .await
    }

    async fn send(&mut self, request: String) -> io::Result<()> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => none.insert(BufStream::new(TcpStream::connect(self.address).await?)),
        };
        stream.write_all(request.as_bytes()).await?;
        stream.flush().await
    }

    pub(crate) fn hang_up(&mut self) {
        self.stream = None;
    }

    /// The answer to what was sent.
    pub(crate) async fn answer(&mut self) -> io::Result<Answer> {
        let mut stream = self.stream.take().expect("a request was sent");
        let status = line(&mut stream).await?;
        let status = status.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.ok_or(ErrorKind::InvalidData)?;
        let (mut length, mut request, mut retry_after, mut last) = (0, 0, None, false);
        loop {
            let header = line(&mut stream).await?;
            let Some((name, value)) = header.split_once(": ") else { break };
            match name {
                "content-length" => length = value.parse().unwrap(),
                "x-request-id" => request = value.parse().unwrap(),
                "retry-after" => retry_after = Some(value.parse().unwrap()),
                "connection" => last = value == "close",
                _ => {}
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        self.stream = (!last).then_some(stream);
        Ok(Answer { status, request, retry_after, body: serde_json::from_slice(&body)? })
    }
}

async fn line(stream: &mut BufStream<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}
