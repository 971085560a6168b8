//! Lets calls in: so many at once, in the order in which they came.
//!
//! Whoever is let in is found here until it leaves, even if it has no thread yet: who waits at the
//! gate can see what keeps it waiting.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::run_sync::Hop;
use crate::sync::{AtomicUsize, Mutex, MutexGuard, lock};

/// A gate, and who is behind it.
pub(crate) struct Gate {
    state: Mutex<State>,
}

struct State {
    limit: usize,
    /// Who is in, each under the number that its pass shows.
    holders: Vec<Arc<dyn Hop>>,
    /// Room that is kept for calls which are not on their way yet.
    reserved: usize,
    /// Calls that have announced themselves: they are not to find the gate closed.
    announced: usize,
    queue: VecDeque<Arc<dyn Hop>>,
    /// How many in the queue have gone away.
    gone: usize,
    /// Whether nobody new may come.
    closed: bool,
}

/// Where a call stands at its gate. It changes under the gate's lock alone.
pub(super) struct Pass(AtomicUsize);

/// Not at the gate yet.
const AWAY: usize = usize::MAX;
const WAITING: usize = usize::MAX - 1;
/// Still in the queue, and not to be let in.
const GONE: usize = usize::MAX - 2;
/// Not at the gate any longer, or gone before it came there.
const LEFT: usize = usize::MAX - 3;

impl Pass {
    pub(super) fn new() -> Self {
        Self(AtomicUsize::new(AWAY))
    }

    fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self, number: usize) {
        self.0.store(number, Ordering::Relaxed);
    }
}

/// The pass of a call that is at a gate.
fn pass(hop: &Arc<dyn Hop>) -> &Pass {
    super::way::seat(hop).expect("only a call with a seat comes to a gate").pass()
}

/// How a call comes to the gate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrival {
    Plain,
    /// It has announced itself.
    Announced,
    /// There is room kept for it.
    Reserved,
}

/// What has become of a call at the gate.
pub(super) enum Entry {
    In,
    Waits,
    /// It has been given up on its way there.
    Refused(Left),
}

/// What a leaving call leaves behind.
#[derive(Default)]
pub(super) struct Left {
    /// Who is let in instead.
    pub(super) next: Option<Arc<dyn Hop>>,
    /// Whether the gate is closed, and this was the last.
    pub(super) is_empty: bool,
}

impl Gate {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            state: Mutex::new(State {
                limit,
                holders: Vec::new(),
                reserved: 0,
                announced: 0,
                queue: VecDeque::new(),
                gone: 0,
                closed: false,
            }),
        }
    }

    /// A gate for one at a time.
    pub(crate) fn of_one() -> Self {
        Self::new(1)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Announces one who will [`enter`](Self::enter) or [`reserve`](Self::reserve), unless the gate
    /// is closed.
    pub(super) fn announce(&self) -> bool {
        let mut state = self.lock();
        state.announced += usize::from(!state.closed);
        !state.closed
    }

    /// Lets the call in, or has it wait, unless it has left before.
    pub(super) fn enter(&self, hop: &Arc<dyn Hop>, arrival: Arrival) -> Entry {
        let mut state = self.lock();
        state.arrive(arrival);
        if pass(hop).get() == LEFT {
            return Entry::Refused(state.after_leaving());
        }
        if arrival == Arrival::Reserved || state.has_room() {
            state.admit(Arc::clone(hop));
            return Entry::In;
        }
        pass(hop).set(WAITING);
        state.queue.push_back(Arc::clone(hop));
        Entry::Waits
    }

    /// Keeps room for a call, if there is some.
    pub(super) fn reserve(&self, arrival: Arrival) -> Result<(), Left> {
        let mut state = self.lock();
        state.arrive(arrival);
        match state.has_room() {
            true => state.reserved += 1,
            false if arrival == Arrival::Plain => return Err(Left::default()),
            false => return Err(state.after_leaving()),
        }
        Ok(())
    }

    /// Takes an announcement back.
    pub(super) fn withdraw(&self) -> Left {
        let mut state = self.lock();
        state.arrive(Arrival::Announced);
        state.after_leaving()
    }

    /// Whether a call would be let in at once.
    pub(super) fn has_room(&self) -> bool {
        self.lock().has_room()
    }

    /// Gives up room that has been kept.
    pub(super) fn give_back(&self) -> Left {
        let mut state = self.lock();
        state.reserved -= 1;
        state.after_leaving()
    }

    /// The call has ended, or will never begin. Nothing happens the second time.
    pub(super) fn leave(&self, pass: &Pass) -> Left {
        let mut state = self.lock();
        match pass.get() {
            GONE | LEFT => return Left::default(),
            AWAY => {
                pass.set(LEFT);
                return Left::default();
            }
            WAITING => {
                pass.set(GONE);
                state.gone += 1;
                if state.gone * 2 > state.queue.len() {
                    state.sweep();
                }
            }
            number => {
                pass.set(LEFT);
                state.remove(number);
            }
        }
        state.after_leaving()
    }

    /// Lets nobody new in, and tells whether nobody is left.
    pub(super) fn close(&self) -> bool {
        let mut state = self.lock();
        state.closed = true;
        state.is_empty()
    }

    /// Sets the limit. Whoever is let in by it comes with [`Self::next`].
    pub(super) fn set_limit(&self, limit: usize) {
        self.lock().limit = limit;
    }

    /// Lets in one who waits, if there is room.
    pub(super) fn next(&self) -> Option<Arc<dyn Hop>> {
        self.lock().next()
    }

    pub(super) fn limit(&self) -> usize {
        self.lock().limit
    }

    pub(super) fn in_use(&self) -> usize {
        self.lock().in_use()
    }

    pub(super) fn available(&self) -> usize {
        let state = self.lock();
        state.limit.saturating_sub(state.in_use())
    }

    pub(super) fn waiting(&self) -> usize {
        self.lock().waiting()
    }

    /// One of those who are in and have not begun. Who has begun, or is over, may have lent its
    /// permit to one who has not.
    pub(super) fn not_begun(&self) -> Option<Arc<dyn Hop>> {
        // Whether one has begun is asked under a lock of its own: not under this one.
        let holders = self.lock().holders.clone();
        holders.into_iter().find_map(|hop| {
            if hop.is_queued() {
                return Some(hop);
            }
            hop.call().has_lent()?.not_begun()
        })
    }

    /// Whether the call has been let in.
    pub(super) fn is_in(&self, pass: &Pass) -> bool {
        let _state = self.lock();
        pass.get() < LEFT
    }
}

impl State {
    fn arrive(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Plain => {}
            Arrival::Announced => self.announced -= 1,
            Arrival::Reserved => self.reserved -= 1,
        }
    }

    fn in_use(&self) -> usize {
        self.holders.len() + self.reserved
    }

    fn waiting(&self) -> usize {
        self.queue.len() - self.gone
    }

    /// Nobody is passed by: as long as one waits there is no room.
    fn has_room(&self) -> bool {
        self.in_use() < self.limit && self.waiting() == 0
    }

    fn is_empty(&self) -> bool {
        self.in_use() + self.waiting() + self.announced == 0
    }

    fn admit(&mut self, hop: Arc<dyn Hop>) {
        pass(&hop).set(self.holders.len());
        self.holders.push(hop);
    }

    /// The last takes the number of who is removed.
    fn remove(&mut self, number: usize) {
        self.holders.swap_remove(number);
        if let Some(moved) = self.holders.get(number) {
            pass(moved).set(number);
        }
    }

    fn next(&mut self) -> Option<Arc<dyn Hop>> {
        while self.in_use() < self.limit {
            let hop = self.queue.pop_front()?;
            if pass(&hop).get() == GONE {
                self.gone -= 1;
                continue;
            }
            self.admit(Arc::clone(&hop));
            return Some(hop);
        }
        None
    }

    fn after_leaving(&mut self) -> Left {
        let next = self.next();
        Left { next, is_empty: self.closed && self.is_empty() }
    }

    /// Those who are gone hold their place in the queue no longer.
    fn sweep(&mut self) {
        self.queue.retain(|hop| pass(hop).get() != GONE);
        self.gone = 0;
    }
}
