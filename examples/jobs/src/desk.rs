//! Where the reports go. It also chooses the moment at which a worker dies.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A report that waits for its receipt, and so does the job that sent it.
pub(crate) struct Report {
    line: BufReader<TcpStream>,
    worker: String,
    job: String,
}

impl Report {
    /// Gives the receipt.
    pub(crate) async fn answer(mut self) {
        // Its worker may have died meanwhile: its job will be done again then.
        let _ = self.line.write_all(format!("received {}\n", self.job).as_bytes()).await;
    }
}

pub(crate) struct Desk(TcpListener);

impl Desk {
    pub(crate) async fn open() -> io::Result<Self> {
        Ok(Self(TcpListener::bind(("127.0.0.1", 0)).await?))
    }

    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    /// The next report of anybody.
    async fn next(&self) -> io::Result<Report> {
        loop {
            let mut line = BufReader::new(self.0.accept().await?.0);
            let mut said = String::new();
            // A worker that is killed before it has said anything has reported nothing.
            let read = line.read_line(&mut said).await;
            if let (Ok(_), Some((worker, job))) = (read, said.trim_end().split_once(' ')) {
                return Ok(Report { line, worker: worker.into(), job: job.into() });
            }
        }
    }

    /// Serves `worker` until its report `nth`, and returns with all that wait then: that one last.
    ///
    /// The others' wait all the time, so that nobody does the work before it has come to that.
    pub(crate) async fn until_nth_of(&self, worker: &str, nth: usize) -> io::Result<Vec<Report>> {
        let (mut seen, mut waiting) = (0, Vec::new());
        loop {
            let report = self.next().await?;
            let of_worker = report.worker == worker;
            seen += usize::from(of_worker);
            if of_worker && seen < nth {
                report.answer().await;
                continue;
            }
            waiting.push(report);
            if seen == nth {
                return Ok(waiting);
            }
        }
    }

    /// Answers every report from now on.
    pub(crate) async fn serve(&self) -> io::Result<()> {
        loop {
            self.next().await?.answer().await;
        }
    }
}
