//! The queue: how calls come to the threads of a runtime's blocking pool.
//!
//! `spawn_blocking` wakes a thread for each job, and that costs more than a short job does. Here all
//! calls of a runtime wait in one [`Queue`], and what the pool is asked for is a [`Drainer`], which
//! takes one call after another. The guide's page on the queue tells it from outside. Inside:
//!
//! - `state.rs` says who is needed, without threads and without a lock: the rules are all there.
//! - `drainer.rs` does what they say, on the pool's threads.
//! - `pace.rs` knows how long the jobs of a call site take.
//! - `home.rs` knows which runtime has which queue, and lets it end with its runtime.
//!
//! ```text
//! submit --push--> calls --take--> a drainer: run, tell the caller, take the next ..
//!                    |               none left: pause a moment, leave
//!                    |               turn over: leave, the next one comes after the pool's other work
//!                    `--watch------- the sentinel: nothing taken for a tick: more drainers
//! ```

mod drainer;
mod home;
mod pace;
mod state;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::runtime::Handle;

use self::drainer::Drainer;
pub(super) use self::pace::Pace;
use self::state::State;
use super::call::{Hop, contain};
use crate::sync::{AtomicUsize, Bell, Mutex, MutexGuard, lock};

/// The calls of one runtime that wait for a thread.
pub(crate) struct Queue {
    runtime: Handle,
    state: Mutex<State>,
    /// How many calls have come: written under the lock, and read by drainers that pause.
    pushed: AtomicUsize,
    /// Wakes the sentinel.
    bell: Bell,
}

impl Queue {
    fn new(runtime: Handle) -> Self {
        let cores = home::cores();
        Self {
            runtime,
            state: Mutex::new(State::new(cores)),
            pushed: AtomicUsize::new(0),
            bell: Bell::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Queues a call.
    pub(crate) fn submit(self: &Arc<Self>, hop: Arc<dyn Hop>) {
        let pace = hop.pace().get();
        let lacking = {
            let mut state = self.lock();
            self.pushed.store(state.push(hop, pace), Ordering::Release);
            state.ask()
        };
        self.call_in(lacking);
    }

    /// Asks the pool for so many drainers.
    ///
    /// Without a thread to be had, tokio panics, and keeps the drainer for one that may never come:
    /// nobody is to count on it.
    fn call_in(self: &Arc<Self>, drainers: usize) {
        for _ in 0..drainers {
            let drainer = Drainer::new(Arc::clone(self));
            let asked = catch_unwind(AssertUnwindSafe(|| spawn(&self.runtime, drainer)));
            if let Err(panic) = asked {
                self.lock().despair();
                resume_unwind(panic);
            }
        }
    }

    /// The runtime is being shut down: what waits is lost.
    fn lose_all(&self) {
        let lost = {
            let mut state = self.lock();
            state.clear()
        };
        for hop in lost {
            // Captures are dropped: one that panics is not to keep the others.
            contain(|| hop.lose());
        }
    }

    /// Whether nothing waits, and nobody is there or on the way.
    #[cfg(all(test, lionpride_model))]
    pub(crate) fn is_at_rest(&self) -> bool {
        self.lock().is_at_rest()
    }
}

#[cfg(not(all(test, lionpride_model)))]
fn spawn(runtime: &Handle, drainer: Drainer) {
    drop(runtime.spawn_blocking(move || drainer.run()));
}

#[cfg(all(test, lionpride_model))]
fn spawn(_: &Handle, drainer: Drainer) {
    crate::models::spawn(move || drainer.run());
}
