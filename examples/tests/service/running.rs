//! Starts the built example and stops it.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rusqlite::Connection;
use tempfile::TempDir;

use crate::built::example;
use crate::client::Client;

/// A service that runs, on two workers, with a database of its own.
pub(crate) struct Service {
    child: Child,
    address: SocketAddr,
    directory: Option<TempDir>,
    db: PathBuf,
    log: PathBuf,
}

/// A service that has ended well.
pub(crate) struct Ended {
    directory: TempDir,
    db: PathBuf,
    pub(crate) stderr: String,
}

impl Service {
    pub(crate) fn start(args: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (db, log) = (directory.path().join("notes.db"), directory.path().join("log"));
        let mut child = Command::new(example("service"))
            .args(["--listen", "127.0.0.1:0", "--db"])
            .arg(&db)
            .args(args)
            .env("TOKIO_WORKER_THREADS", "2")
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("listening on ");
        let address = address.unwrap_or_else(|| panic!("{}", fs::read_to_string(&log).unwrap()));
        let address = address.parse().unwrap();
        Self { child, address, directory: Some(directory), db, log }
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.address)
    }

    pub(crate) fn db(&self) -> &Path {
        &self.db
    }

    /// Does something to the database, from outside.
    pub(crate) fn alter(&self, sql: &str) {
        Connection::open(&self.db).unwrap().execute_batch(sql).unwrap();
    }

    /// Sends SIGTERM.
    pub(crate) fn terminate(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// Waits for its end, which has to be a good one.
    pub(crate) fn wait(mut self) -> Ended {
        let status = self.child.wait().unwrap();
        let stderr = fs::read_to_string(&self.log).unwrap();
        assert!(status.success(), "{status}: {stderr}");
        let (directory, db) = (self.directory.take().unwrap(), self.db.clone());
        Ended { directory, db, stderr }
    }

    pub(crate) fn stop(self) -> Ended {
        self.terminate();
        self.wait()
    }

    /// Ends one that cannot end well; gives its log.
    pub(crate) fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        fs::read_to_string(&self.log).unwrap()
    }
}

/// A test that fails leaves nothing running.
impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    pub(crate) fn db(&self) -> &Path {
        assert!(self.directory.path().exists());
        &self.db
    }

    /// What it said last.
    pub(crate) fn stderr_end(&self) -> &str {
        self.stderr.lines().last().unwrap_or_default()
    }
}
