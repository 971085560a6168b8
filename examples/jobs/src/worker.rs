//! A worker as a process of its own.

use std::env;
use std::io;
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};

use lionpride_concurrency::dispatch;

use crate::engine::Place;

/// A running process, which does not outlive this value.
pub(crate) struct Worker(Child);

impl Worker {
    /// Starts this program again, as a worker.
    pub(crate) fn start(name: &str, place: &Place, desk: SocketAddr) -> io::Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        command.args(["worker", "--name", name, "--url", &place.url, "--run", &place.run]);
        command.args(["--desk", &desk.to_string()]).stdin(Stdio::piped());
        command.spawn().map(Self)
    }

    pub(crate) fn has_ended(&mut self) -> io::Result<bool> {
        Ok(self.0.try_wait()?.is_some())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It may have ended, and then there is nothing to do.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Ends a worker as a power cut does.
#[dispatch]
pub(crate) fn kill(mut worker: Worker) -> io::Result<ExitStatus> {
    worker.0.kill()?;
    worker.0.wait()
}

/// Lets a worker finish what it has begun.
#[dispatch]
pub(crate) fn finish(mut worker: Worker) -> io::Result<ExitStatus> {
    drop(worker.0.stdin.take());
    worker.0.wait()
}
