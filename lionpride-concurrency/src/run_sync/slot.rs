//! The one place where a call's caller and its worker meet.
//!
//! A call has one [`Slot`], held from two sides: the caller's [`Claim`] and the dispatcher's
//! [`Task`](super::Task). Whoever lets go first tells the other by what it leaves behind:
//!
//! ```text
//! Queued --start--> Running --finish--> Done --take--> Over
//!
//! task dropped before the start:    Running while the work is dropped, then Lost
//! claim dropped, Queued:            Over; the work is dropped there and then
//!                        shielded:  Queued without a waker; the worker drops the result
//! claim dropped, Running:           Over; the worker drops the result
//! claim dropped, Done:              Over; the result is dropped with the claim
//! ```
//!
//! The user's values (work, result, waker) are dropped and woken outside the lock: their code may
//! do anything, even drop another call.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Instant;

use tokio::runtime;

use super::call::{Call, Hop, Ran, contain};
use super::queue::Pace;
use super::{Cancelled, Job, RunSyncError, Task, waiting};
use crate::dispatcher::Place;
use crate::stats::Ledger;
use crate::sync::{Mutex, MutexGuard, lock};

struct Slot<J: Job> {
    state: Mutex<State<J>>,
    call: Call,
}

enum State<J: Job> {
    /// Without a waker the call is shielded, and its caller gone.
    Queued(J, Option<Waker>),
    Running(Waker),
    Done(thread::Result<J::Output>),
    /// The dispatcher let go of the work without doing it.
    Lost,
    /// Nobody waits any longer, or the outcome has been taken.
    Over,
}

/// The caller's side. Dropping it gives the call up, unless that is queued and shielded.
pub struct Claim<R>(Arc<dyn Caller<R>>);

/// A call that is about to be queued: `waker` is told when it has ended.
pub(crate) fn slot<J: Job>(job: J, call: Call, waker: Waker) -> (Claim<J::Output>, Task) {
    let slot = Arc::new(Slot { state: Mutex::new(State::Queued(job, Some(waker))), call });
    (Claim(Arc::clone(&slot) as _), Task::new(slot))
}

impl<J: Job> Slot<J> {
    fn lock(&self) -> MutexGuard<'_, State<J>> {
        lock(&self.state)
    }

    /// Takes the work out, unless that has been done before.
    fn start(&self) -> Option<J> {
        let mut state = self.lock();
        match mem::replace(&mut *state, State::Over) {
            State::Queued(job, Some(waker)) => {
                *state = State::Running(waker);
                Some(job)
            }
            State::Queued(job, None) => Some(job),
            other => {
                *state = other;
                None
            }
        }
    }

    /// Who is to be woken, if somebody waits for it.
    fn finish(&self, outcome: thread::Result<J::Output>) -> Option<Waker> {
        let has_panicked = outcome.as_ref().is_err_and(|payload| !payload.is::<Cancelled>());
        self.call.end(has_panicked);
        let mut state = self.lock();
        let State::Running(waker) = mem::replace(&mut *state, State::Over) else {
            drop(state);
            self.call.count(Ledger::outlive);
            contain(|| drop(outcome));
            return None;
        };
        *state = State::Done(outcome);
        Some(waker)
    }
}

impl<J: Job> Hop for Slot<J> {
    fn call(&self) -> &Call {
        &self.call
    }

    fn call_mut(&mut self) -> &mut Call {
        &mut self.call
    }

    /// Under the lock, as all that its caller does: each sees what the other has counted.
    fn come_to(&self, place: Place) -> bool {
        let state = self.lock();
        self.call.come_to(place);
        let State::Queued(_, waker) = &*state else { return false };
        self.call.count(Ledger::queue);
        if waker.is_none() {
            self.call.count(Ledger::abandon);
        }
        true
    }

    fn run(self: Arc<Self>, is_shared: bool) -> Option<Ran> {
        let job = self.start()?;
        let hop = Arc::clone(&self) as Arc<dyn Hop>;
        let mut times = None;
        let work = || {
            let begun = Instant::now();
            let outcome = catch_unwind(AssertUnwindSafe(move || job.run()));
            times = Some((begun, Instant::now()));
            outcome
        };
        // What is around the work, a subscriber say, may panic as well.
        let outcome = catch_unwind(AssertUnwindSafe(|| Call::surround(hop, is_shared, work)));
        let waker = self.finish(outcome.and_then(|outcome| outcome));
        Some(Ran { times, waker })
    }

    fn pace(&self) -> &'static Pace {
        Pace::of::<J>()
    }

    /// The call is lost once its work is gone, even if one of the captures panics on its way.
    fn lose(&self) {
        if let Some(job) = self.start() {
            let _lost = Lost(self);
            drop(job);
        }
    }

    fn is_queued(&self) -> bool {
        matches!(*self.lock(), State::Queued(..))
    }
}

/// Says that work that was taken out will not be done, when it is dropped.
struct Lost<'a, J: Job>(&'a Slot<J>);

impl<J: Job> Drop for Lost<'_, J> {
    fn drop(&mut self) {
        self.0.call.count(Ledger::drop_queued);
        self.0.call.drop_queued();
        let mut state = self.0.lock();
        match mem::replace(&mut *state, State::Over) {
            State::Running(waker) => {
                *state = State::Lost;
                drop(state);
                waker.wake();
            }
            other => {
                *state = other;
                drop(state);
                self.0.call.count(Ledger::outlive);
            }
        }
    }
}

/// What a caller asks of its call. The type of the work is out of sight: it may be more than the
/// caller knows of.
trait Caller<R>: Send + Sync {
    fn poll_result(&self, cx: &mut Context<'_>) -> Poll<Result<R, RunSyncError>>;
    fn give_up(&self);
    fn runtime(&self) -> runtime::Id;
    fn hop(self: Arc<Self>) -> Arc<dyn Hop>;
}

impl<J: Job> Caller<J::Output> for Slot<J> {
    fn poll_result(&self, cx: &mut Context<'_>) -> Poll<Result<J::Output, RunSyncError>> {
        let mut state = self.lock();
        let replaced = match &mut *state {
            State::Queued(_, Some(waker)) | State::Running(waker) => {
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
            State::Queued(_, None) | State::Over => panic!("`RunSync` polled after completion"),
        };
        drop(state);
        drop(replaced);
        Poll::Pending
    }

    fn give_up(&self) {
        let mut state = self.lock();
        match mem::replace(&mut *state, State::Over) {
            State::Queued(job, waker) if self.call.shielded => {
                *state = State::Queued(job, None);
                // Counted under the lock, as below: the worker may be about to end the call.
                self.call.count(Ledger::abandon);
                drop(state);
                drop(waker);
            }
            State::Queued(job, waker) => {
                self.call.count(Ledger::drop_queued);
                drop(state);
                self.call.drop_queued();
                drop((job, waker));
            }
            State::Running(waker) => {
                self.call.count(Ledger::abandon);
                drop(state);
                self.call.cancel();
                drop(waker);
            }
            left @ (State::Done(_) | State::Lost | State::Over) => {
                drop(state);
                drop(left);
            }
        }
    }

    fn runtime(&self) -> runtime::Id {
        self.call.runtime.id()
    }

    fn hop(self: Arc<Self>) -> Arc<dyn Hop> {
        self
    }
}

impl<R> Claim<R> {
    /// The outcome, once there is one. A lost call stays lost: it can be asked again.
    pub(super) fn poll_result(&self, cx: &mut Context<'_>) -> Poll<Result<R, RunSyncError>> {
        self.0.poll_result(cx)
    }

    /// The runtime that the call was made in.
    pub(super) fn runtime(&self) -> runtime::Id {
        self.0.runtime()
    }
}

impl<R: 'static> Claim<R> {
    /// Tells the sync code around this call, if there is some, that it may come to wait for it.
    pub(super) fn nest(&self) {
        waiting::note(|| Arc::clone(&self.0).hop());
    }
}

impl<R> Drop for Claim<R> {
    fn drop(&mut self) {
        self.0.give_up();
    }
}
