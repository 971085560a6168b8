//! Who is needed at a queue: the rules, without threads and without a lock.

use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;

use super::super::call::Hop;

/// Nanoseconds. A job that takes longer is worth a thread of its own: waking one costs about as
/// much.
const SHORT: u32 = 20_000;

/// Nanoseconds. One more drainer is woken for so much work that waits.
const LANE: u64 = 20_000;

/// Nanoseconds. What is shorter than handing it over is not worth a second drainer.
const TINY: u32 = 1_000;

/// So many pauses in a row may be in vain until none is made any more, but for one in so many times.
const LUCK: usize = 4;
const TRIAL: usize = 16;

/// So many drainers are on their way at most: each one that comes sees to it that the next does.
const MOST_COMING: usize = 64;

/// What waits at a runtime's queue, and who sees to it.
#[derive(Default)]
pub(super) struct State {
    calls: VecDeque<Queued>,
    /// How many of them are promised a thread of their own.
    alone: usize,
    /// Nanoseconds of work that a second drainer could take off the first.
    backlog: u64,
    /// Drainers that the pool has been asked for, and that have not begun.
    coming: usize,
    /// Drainers that are at work on what shares them.
    draining: usize,
    /// Drainers that have been written off: they are held up by a call that has turned out to be long.
    held: usize,
    /// Counts how often that has been done.
    written_off: usize,
    /// Drainers that wait a moment for the next call.
    idle: usize,
    /// How many more pauses may be in vain.
    luck: usize,
    /// How often there could have been one since the last trial.
    untried: usize,
    /// Whether there is a sentinel: a drainer that watches the others.
    watched: bool,
    /// Whether the sentinel has been called, and has not woken yet.
    called: bool,
    /// Counts the calls that have come.
    pushed: usize,
    /// Counts the calls that have been taken.
    taken: usize,
    /// How many drainers there may be at most for what shares them: one for each core.
    most_lanes: usize,
}

struct Queued {
    hop: Arc<dyn Hop>,
    /// Nanoseconds.
    pace: u32,
    alone: bool,
}

/// What a drainer does next.
pub(super) enum Duty {
    Run(Arc<dyn Hop>, Post),
    /// It waits a moment for the next call: for one more than so many.
    Pause(usize),
    /// It is the sentinel.
    Watch,
    /// It calls the sentinel, and leaves.
    Call,
    Leave,
}

/// How a drainer is at work.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Post {
    /// On a call of its own.
    Alone,
    /// On one that shares it with others, after so many times of writing off.
    Shared(usize),
}

impl State {
    pub(super) fn new(cores: usize) -> Self {
        Self { most_lanes: cores, ..Self::default() }
    }

    /// Queues a call whose like take so long, and tells how many have come by now.
    pub(super) fn push(&mut self, hop: Arc<dyn Hop>, pace: u32) -> usize {
        // Who waits for a call from within another one holds up what shares its thread.
        let alone = pace >= SHORT || hop.call().parent().is_some();
        let queued = Queued { hop, pace, alone };
        self.alone += usize::from(alone);
        self.backlog += queued.backlog();
        self.calls.push_back(queued);
        self.pushed = self.pushed.wrapping_add(1);
        self.pushed
    }

    fn pop(&mut self) -> Option<Queued> {
        let queued = self.calls.pop_front()?;
        self.alone -= usize::from(queued.alone);
        self.backlog -= queued.backlog();
        Some(queued)
    }

    /// How many calls are not promised a thread of their own.
    fn shared(&self) -> usize {
        self.calls.len() - self.alone
    }

    /// How many drainers there should be for what shares them. One more for each that is held up: the
    /// next may be as long.
    fn lanes(&self) -> usize {
        let wanted = usize::try_from(self.backlog / LANE).unwrap_or(usize::MAX);
        wanted.saturating_add(1).min(self.most_lanes) + self.held
    }

    /// Whether one more drainer that is there may drain.
    fn has_room(&self) -> bool {
        let is_tiny = self.calls.front().is_none_or(|queued| queued.pace < TINY);
        self.draining < if is_tiny { self.lanes() } else { self.most_lanes + self.held }
    }

    /// How many more drainers the pool is to be asked for. Who calls this does so.
    pub(super) fn ask(&mut self) -> usize {
        let for_shared = if self.shared() == 0 || self.called {
            0
        } else if self.draining < self.lanes() {
            (self.lanes() - self.draining).min(self.shared())
        } else {
            usize::from(!self.watched)
        };
        let needed = self.alone.min(MOST_COMING).max(for_shared);
        let lacking = needed.saturating_sub(self.coming + self.idle);
        self.coming += lacking;
        lacking
    }

    /// One of those who were coming may never come.
    pub(super) fn despair(&mut self) {
        self.coming = self.coming.saturating_sub(1);
    }

    /// One of those who were coming is there, or one that was despaired of.
    pub(super) fn arrive(&mut self) -> Duty {
        self.coming = self.coming.saturating_sub(1);
        self.take_up()
    }

    /// What a drainer that has nothing to do does now.
    fn take_up(&mut self) -> Duty {
        let is_shared = self.shared() > 0;
        // For calls that are promised a thread of their own one is on its way to each.
        if is_shared && self.has_room() || self.alone > self.coming {
            return self.take();
        }
        let is_used = is_shared || self.draining + self.idle > 0;
        if is_used && !mem::replace(&mut self.watched, true) { Duty::Watch } else { Duty::Leave }
    }

    /// What a drainer does after what it was at work on. After a short call it may wait a moment: the
    /// next one may be about to come.
    pub(super) fn go_on(&mut self, post: Post) -> Duty {
        self.put_down(post);
        if self.calls.is_empty() && post != Post::Alone && self.is_worth_a_pause() {
            self.idle += 1;
            return Duty::Pause(self.pushed);
        }
        self.take_up()
    }

    /// Where a pause has been in vain lately, one is tried now and then.
    fn is_worth_a_pause(&mut self) -> bool {
        if self.luck == 0 {
            self.untried = (self.untried + 1) % TRIAL;
        }
        self.luck > 0 || self.untried == 0
    }

    /// What a drainer does that has waited for a moment.
    pub(super) fn stir(&mut self) -> Duty {
        self.idle -= 1;
        self.luck = if self.calls.is_empty() { self.luck.saturating_sub(1) } else { LUCK };
        self.take_up()
    }

    fn take(&mut self) -> Duty {
        let Some(Queued { hop, alone, .. }) = self.pop() else { return Duty::Leave };
        self.taken = self.taken.wrapping_add(1);
        if alone {
            return Duty::Run(hop, Post::Alone);
        }
        self.draining += 1;
        Duty::Run(hop, Post::Shared(self.written_off))
    }

    /// A drainer has done what it was at work on.
    fn put_down(&mut self, post: Post) {
        match post {
            Post::Alone => {}
            Post::Shared(written_off) if written_off == self.written_off => self.draining -= 1,
            Post::Shared(_) => self.held -= 1,
        }
    }

    /// What a drainer does whose turn is over: it leaves, so that the pool's other work has the
    /// thread, and the queue comes after that. It leaves it to the sentinel, if there is one, to ask
    /// for the next: when that has woken, this thread is free.
    pub(super) fn hand_over(&mut self, post: Post) -> Duty {
        self.put_down(post);
        if self.watched && self.shared() > 0 {
            self.called = true;
            return Duty::Call;
        }
        Duty::Leave
    }

    pub(super) fn taken(&self) -> usize {
        self.taken
    }

    /// What the sentinel does that has waited for a tick, or less, and has seen `taken` before.
    pub(super) fn look(&mut self, taken: usize, has_ticked: bool) -> Duty {
        self.called = false;
        if taken != self.taken || !has_ticked {
            return Duty::Watch;
        }
        self.watched = false;
        if self.shared() == 0 {
            // It may be on the last thread of the pool, which others wait for.
            return Duty::Leave;
        }
        self.write_off();
        self.take_up()
    }

    /// Nothing has been taken for a while: those who drain are held up.
    fn write_off(&mut self) {
        self.held += mem::take(&mut self.draining);
        self.written_off = self.written_off.wrapping_add(1);
    }

    /// One of those who were coming will not be there, and nobody else: all that waits is lost.
    pub(super) fn clear(&mut self) -> impl Iterator<Item = Arc<dyn Hop>> + use<> {
        self.coming = self.coming.saturating_sub(1);
        (self.alone, self.backlog) = (0, 0);
        mem::take(&mut self.calls).into_iter().map(|queued| queued.hop)
    }

    /// Whether nothing waits, and nobody is there or on the way.
    #[cfg(test)]
    pub(super) fn is_at_rest(&self) -> bool {
        let waiting = self.calls.len() + self.alone;
        let drainers = self.coming + self.draining + self.held + self.idle;
        waiting + drainers == 0 && self.backlog == 0 && !self.watched && !self.called
    }
}

impl Queued {
    fn backlog(&self) -> u64 {
        if self.alone { 0 } else { u64::from(self.pace.saturating_sub(TINY)) }
    }
}

#[cfg(all(test, not(lionpride_model)))]
mod tests;
