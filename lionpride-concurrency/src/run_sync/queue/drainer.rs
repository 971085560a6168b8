//! What comes to a thread of the pool, and runs what is queued.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use super::super::call::{Hop, Ran, contain};
use super::Queue;
use super::state::{Duty, State};
use crate::sync::Turn;

/// How long a drainer takes one call after another. A thread that it has any longer is one that the
/// pool's other work may wait for.
const TURN: Duration = Duration::from_millis(1);

/// How long a drainer that has nothing to do waits for the next call: waking another one would take
/// about as long.
const PAUSE: Duration = Duration::from_micros(20);

/// How often the sentinel looks whether the others get on.
const TICK: Duration = Duration::from_micros(200);

/// A job on the blocking pool that runs queued calls, one after another.
pub(super) struct Drainer(Option<Arc<Queue>>);

impl Drainer {
    pub(super) fn new(queue: Arc<Queue>) -> Self {
        Self(Some(queue))
    }

    pub(super) fn run(mut self) {
        let Some(queue) = self.0.take() else { return };
        Queue::keep(&queue);
        let mut turn = Turn::new(TURN);
        let mut is_first = true;
        let mut duty = queue.change(None, State::arrive);
        loop {
            duty = match duty {
                Duty::Run(hop, post) => {
                    let ran = run(hop, !is_first);
                    let is_over = ran.as_ref().is_some_and(|ran| turn.is_over(ran));
                    let next = |state: &mut State| {
                        if is_over { state.hand_over(post) } else { state.go_on(post) }
                    };
                    is_first = false;
                    queue.change(ran, next)
                }
                Duty::Pause(pushed) => queue.pause(pushed),
                Duty::Watch => {
                    turn = Turn::new(TURN);
                    queue.watch()
                }
                Duty::Call => return queue.bell.ring(),
                Duty::Leave => return,
            }
        }
    }
}

/// Does the work of a call, if it is still to be done, and learns from it.
fn run(hop: Arc<dyn Hop>, is_shared: bool) -> Option<Ran> {
    let pace = hop.pace();
    let ran = hop.run(is_shared)?;
    if let Some((begun, ended)) = ran.times {
        pace.learn(ended - begun);
    }
    Some(ran)
}

/// Dropped without having run: the pool takes no more jobs.
impl Drop for Drainer {
    fn drop(&mut self) {
        if let Some(queue) = self.0.take() {
            queue.lose_all();
        }
    }
}

impl Queue {
    /// Changes the state, and sends for who is needed then. In between the caller of what `ran` is
    /// told: if it makes another call, that one finds this drainer free.
    fn change(self: &Arc<Self>, ran: Option<Ran>, change: impl FnOnce(&mut State) -> Duty) -> Duty {
        let mut state = self.lock();
        let duty = change(&mut state);
        let lacking = state.ask();
        drop(state);
        drop(ran);
        self.send_for(lacking);
        duty
    }

    /// Waits a moment for the next call. Whoever else could use the core has it meanwhile.
    fn pause(self: &Arc<Self>, pushed: usize) -> Duty {
        let mut pause = Turn::new(PAUSE);
        while self.pushed.load(Ordering::Acquire) == pushed && !pause.has_passed() {
            thread::yield_now();
        }
        self.change(None, State::stir)
    }

    /// Watches until there is something else to do.
    fn watch(self: &Arc<Self>) -> Duty {
        loop {
            let state = self.lock();
            let taken = state.taken();
            let (mut state, has_ticked) = self.bell.wait(&self.state, state, TICK);
            let duty = state.look(taken, has_ticked);
            let lacking = state.ask();
            drop(state);
            self.send_for(lacking);
            if !matches!(duty, Duty::Watch) {
                return duty;
            }
        }
    }

    /// Asks the pool for more drainers. If there is no thread to be had, this one comes by again.
    fn send_for(self: &Arc<Self>, drainers: usize) {
        if drainers > 0 {
            contain(|| self.call_in(drainers));
        }
    }
}
