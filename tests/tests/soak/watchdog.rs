use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::world::World;

/// How long a setting may take. It takes a second where all goes well.
const PATIENCE: Duration = Duration::from_secs(90);

/// Ends the process when something hangs.
pub(crate) struct Watchdog(Arc<Mutex<Option<Watched>>>);

struct Watched {
    what: String,
    world: Arc<World>,
    since: Instant,
}

impl Watchdog {
    pub(crate) fn new() -> Self {
        let watched = Arc::new(Mutex::new(None));
        let eyes = Arc::downgrade(&watched);
        thread::spawn(move || {
            while let Some(watched) = eyes.upgrade() {
                bark(watched.lock().unwrap().as_ref());
                drop(watched);
                thread::sleep(Duration::from_millis(500));
            }
        });
        Self(watched)
    }

    pub(crate) fn watch(&self, what: String, world: &Arc<World>) {
        let (world, since) = (Arc::clone(world), Instant::now());
        *self.0.lock().unwrap() = Some(Watched { what, world, since });
    }

    pub(crate) fn rest(&self) {
        *self.0.lock().unwrap() = None;
    }
}

fn bark(watched: Option<&Watched>) {
    let is_late = |watched: &&Watched| watched.since.elapsed() > PATIENCE;
    if let Some(Watched { what, world, .. }) = watched.filter(is_late) {
        eprintln!("it hangs: {what}\n{}", world.describe());
        std::process::abort();
    }
}
