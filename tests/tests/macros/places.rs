//! Where a body has run: dispatchers that tell.

use std::thread;

use lionpride_concurrency::{Dispatcher, Task};

/// A thread for each call, named after it and the dispatcher.
#[derive(Clone, Debug)]
pub(crate) struct Threads(pub(crate) &'static str);

impl Dispatcher for Threads {
    fn dispatch(&self, task: Task) {
        let name = format!("{}: {}", self.0, task.name().unwrap_or("no name"));
        thread::Builder::new().name(name).spawn(|| task.run()).unwrap();
    }
}

pub(crate) static DB: Threads = Threads("db");

/// The thread of a [`Threads`]; of any other place nothing.
pub(crate) fn place() -> String {
    let thread = thread::current();
    thread.name().filter(|name| name.contains(": ")).unwrap_or_default().to_owned()
}
