//! The one place where a call's caller and its worker meet.
//!
//! A call has one [`Slot`], held from two sides: the caller's [`Claim`] and the pool's [`Ticket`].
//! Whoever lets go first tells the other by what it leaves behind:
//!
//! ```text
//! Queued --start--> Running --finish--> Done --take--> Over
//!
//! ticket dropped before the start:  Running while the job is dropped, then Lost
//! claim dropped, Queued:            Over; the job is dropped there and then
//!                        shielded:  still Queued; the ticket drops the result
//! claim dropped, Running:           Over; the worker drops the result
//! claim dropped, Done:              Over; the result is dropped with the claim
//! ```
//!
//! The user's values (job, result, waker) are dropped and woken outside the lock: their code may
//! do anything, even drop another call.

use std::cell::Cell;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;

use super::{RunSyncError, Work};

thread_local! {
    static IN_HOP: Cell<bool> = const { Cell::new(false) };
}

/// Whether the code on this thread is in a job.
pub(super) fn in_hop() -> bool {
    IN_HOP.get()
}

struct Slot<J: Work> {
    state: Mutex<State<J>>,
    /// Whether a queued job stays queued when the claim is dropped.
    shielded: bool,
}

enum State<J: Work> {
    Queued(J, Waker),
    Running(Waker),
    Done(thread::Result<J::Output>),
    /// The pool let go of the job without running it.
    Lost,
    /// Nobody waits any longer, or the outcome has been taken.
    Over,
}

/// The caller's side. Dropping it gives the call up, unless that is queued and shielded.
pub(super) struct Claim<J: Work>(Arc<Slot<J>>);

/// The pool's side: runs the job once. Dropping it un-run loses the job.
pub(super) struct Ticket<J: Work>(Arc<Slot<J>>);

/// A call that is about to be queued: `waker` is told when it has ended.
pub(super) fn slot<J: Work>(job: J, waker: Waker, shielded: bool) -> (Claim<J>, Ticket<J>) {
    let slot = Arc::new(Slot { state: Mutex::new(State::Queued(job, waker)), shielded });
    (Claim(Arc::clone(&slot)), Ticket(slot))
}

impl<J: Work> Slot<J> {
    /// Nothing that runs under the lock leaves it half changed: a poisoned one is as good as new.
    fn lock(&self) -> MutexGuard<'_, State<J>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<J: Work> Ticket<J> {
    /// Does the work, unless it has been given up, and tells the caller.
    pub(super) fn run(self) {
        let Some(job) = self.start() else { return };
        let outer = IN_HOP.replace(true);
        let outcome = catch_unwind(AssertUnwindSafe(|| job.run()));
        IN_HOP.set(outer);
        self.finish(outcome);
    }

    /// Takes the job out, unless it has been given up.
    fn start(&self) -> Option<J> {
        let mut state = self.0.lock();
        match mem::replace(&mut *state, State::Over) {
            State::Queued(job, waker) => {
                *state = State::Running(waker);
                Some(job)
            }
            other => {
                *state = other;
                None
            }
        }
    }

    fn finish(&self, outcome: thread::Result<J::Output>) {
        let mut state = self.0.lock();
        let State::Running(waker) = mem::replace(&mut *state, State::Over) else {
            drop(state);
            drop(outcome);
            return;
        };
        *state = State::Done(outcome);
        drop(state);
        waker.wake();
    }
}

/// The call is lost once its job is gone, even if one of the captures panics on its way.
impl<J: Work> Drop for Ticket<J> {
    fn drop(&mut self) {
        if let Some(job) = self.start() {
            let _lost = Lost(&self.0);
            drop(job);
        }
    }
}

/// Says that a job that was taken out will not run, when it is dropped.
struct Lost<'a, J: Work>(&'a Slot<J>);

impl<J: Work> Drop for Lost<'_, J> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        match mem::replace(&mut *state, State::Over) {
            State::Running(waker) => {
                *state = State::Lost;
                drop(state);
                waker.wake();
            }
            other => *state = other,
        }
    }
}

impl<J: Work> Claim<J> {
    /// The outcome, once there is one. A lost call stays lost: it can be asked again.
    pub(super) fn poll_result(
        &self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<J::Output, RunSyncError>> {
        let mut state = self.0.lock();
        let replaced = match &mut *state {
            State::Queued(_, waker) | State::Running(waker) => {
                if waker.will_wake(cx.waker()) {
                    return Poll::Pending;
                }
                mem::replace(waker, cx.waker().clone())
            }
            State::Lost => return Poll::Ready(Err(RunSyncError::Shutdown)),
            State::Done(_) => {
                let State::Done(outcome) = mem::replace(&mut *state, State::Over) else {
                    unreachable!("the state was just seen")
                };
                return Poll::Ready(outcome.map_err(RunSyncError::Panicked));
            }
            State::Over => panic!("`RunSync` polled after completion"),
        };
        drop(state);
        drop(replaced);
        Poll::Pending
    }
}

impl<J: Work> Drop for Claim<J> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        match &mut *state {
            State::Queued(_, waker) if self.0.shielded => {
                let waker = mem::replace(waker, Waker::noop().clone());
                drop(state);
                drop(waker);
            }
            left => {
                let left = mem::replace(left, State::Over);
                drop(state);
                drop(left);
            }
        }
    }
}
