//! What only looks like a blocking call in an `async fn`, or is none of its business.
#![deny(warnings)]

use std::io;

use lionpride_concurrency::{dispatch, run_sync};
use tokio::sync::{Mutex, mpsc};

mod fs {
    pub async fn read(path: &str) -> usize {
        path.len()
    }

    pub fn exists(path: &str) -> bool {
        path.is_empty()
    }
}

mod thread {
    pub async fn sleep(n: u32) -> u32 {
        n
    }
}

struct Handle(u32);

impl Handle {
    async fn to_socket_addrs(&self) -> u32 {
        self.0
    }

    fn block_on(&self) -> u32 {
        self.0
    }

    fn output(&self) -> u32 {
        self.0
    }
}

#[dispatch]
async fn on_its_way_to_another_thread(path: String) -> io::Result<usize> {
    let text = run_sync(move || std::fs::read_to_string(path)).await?;
    let later = || std::thread::sleep(std::time::Duration::ZERO);
    let _ = later;
    Ok(text.len())
}

#[dispatch]
async fn awaited(handle: &Handle) -> usize {
    let n = handle.to_socket_addrs().await as usize;
    let mut lines = tokio::sync::mpsc::channel::<u32>(1).1;
    let _ = lines.recv();
    tokio::select! {
        m = thread::sleep(1) => assert_eq!(m, 1),
        else => unreachable!("std::fs::read"),
    }
    n + fs::read("a").await + thread::sleep(0).await as usize
}

#[dispatch]
async fn of_other_things(handle: &Handle) -> u32 {
    let (sender, _receiver) = mpsc::channel(1);
    let _ = sender.try_send(1_u32);
    let _ = Mutex::new(1).try_lock();
    let _ = std::fs::OpenOptions::new().read(true);
    let _ = std::process::Command::new("git").arg("status");
    let _ = std::io::stdin();
    let _ = std::fs::FileTimes::default();
    let _ = std::fs::Permissions::readonly;
    u32::from(fs::exists("a")) + handle.block_on() + handle.output()
}

#[dispatch]
async fn in_an_item_of_its_own() -> usize {
    fn blocks(path: &str) -> usize {
        std::fs::read(path).map_or(0, |bytes| bytes.len())
    }
    run_sync(|| blocks("/")).await
}

#[dispatch(allow_blocking)]
async fn allowed() -> usize {
    std::fs::read("/").map_or(0, |bytes| bytes.len())
}

#[dispatch]
fn sync() -> usize {
    std::fs::read("/").map_or(0, |bytes| bytes.len())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert!(on_its_way_to_another_thread(String::new()).await.is_err());
    assert_eq!(awaited(&Handle(1)).await, 2);
    assert_eq!(of_other_things(&Handle(1)).await, 2);
    assert_eq!(in_an_item_of_its_own().await + allowed().await + sync().await, 0);
}
