//! How a call comes to its permit, and gives it back.

use std::fmt;
use std::sync::Arc;
#[cfg(feature = "tracing")]
use std::{sync::atomic::Ordering, time::Duration};

use super::Inner;
use super::gate::{Arrival, Entry, Gate, Left, Pass};
use super::start::{start, start_next};
use crate::dispatcher::{Carry, Dispatcher, On, Order, Place, Route};
use crate::run_sync::{Call, Claim, Hop, Job, Task};
use crate::stats::Ledger;

/// The way to a permit: the limiter's gate, or that of a call which has one and lends it.
pub(super) struct Way {
    limiter: Arc<Inner>,
    lender: Option<Arc<dyn Hop>>,
    arrival: Arrival,
}

impl Way {
    /// The way of a call made from the work of `parent`. Where the permit that could be lent is in
    /// use, and another one free, it takes that.
    pub(super) fn of(limiter: &Arc<Inner>, parent: Option<&Arc<dyn Hop>>) -> Self {
        let lends = |hop: &&Arc<dyn Hop>| {
            let has_permit = seat(hop).is_some_and(|seat| Arc::ptr_eq(&seat.way.limiter, limiter));
            has_permit && hop.call().lends().is_some_and(Gate::announce)
        };
        let around =
            parent.into_iter().flat_map(|hop| std::iter::once(hop).chain(hop.call().ancestors()));
        let limiter = Arc::clone(limiter);
        let Some(lender) = around.into_iter().find(lends).map(Arc::clone) else {
            return Self { limiter, lender: None, arrival: Arrival::Plain };
        };
        let lent = Self { limiter, lender: Some(lender), arrival: Arrival::Announced };
        if lent.gate().has_room() || lent.limiter.gate.reserve(Arrival::Plain).is_err() {
            return lent;
        }
        lent.after(lent.gate().withdraw());
        Self { lender: None, arrival: Arrival::Reserved, ..lent }
    }

    /// Keeps the permit, if there is one.
    pub(super) fn reserve(mut self) -> Option<Self> {
        if self.arrival != Arrival::Reserved {
            if let Err(left) = self.gate().reserve(self.arrival) {
                self.after(left);
                return None;
            }
            self.arrival = Arrival::Reserved;
        }
        Some(self)
    }

    /// Takes a task along: it starts when it has its permit.
    pub(super) fn take(self, task: Task) {
        let (hop, arrival) = (task.keep(), self.arrival);
        let is_queued = hop.come_to(Place::Limiter(Seat { way: self, pass: Pass::new() }));
        let seat = seat(&hop).expect("it has just been given one");
        if !is_queued {
            seat.leave(hop.call());
        }
        match seat.way.gate().enter(&hop, arrival) {
            Entry::In => start(hop),
            Entry::Waits => {}
            Entry::Refused(left) => seat.way.after(left),
        }
    }

    fn gate(&self) -> &Gate {
        match &self.lender {
            Some(lender) => lender.call().lends().expect("a lender has a gate"),
            None => &self.limiter.gate,
        }
    }

    /// What follows when somebody has left the gate.
    fn after(&self, mut left: Left) {
        let mut way = self;
        loop {
            if let Some(next) = left.next {
                start_next(&next);
            }
            let (true, Some(lender)) = (left.is_empty, &way.lender) else { return };
            // The lender ended before those to whom it had lent its permit.
            let seat = seat(lender).expect("a lender has a seat");
            left = seat.way.gate().leave(&seat.pass);
            way = &seat.way;
        }
    }
}

/// What a call has from its limiter.
pub(crate) struct Seat {
    way: Way,
    pass: Pass,
}

pub(super) fn seat(hop: &Arc<dyn Hop>) -> Option<&Seat> {
    match hop.call().place() {
        Some(Place::Limiter(seat)) => Some(seat),
        _ => None,
    }
}

impl Seat {
    pub(super) fn pass(&self) -> &Pass {
        &self.pass
    }

    #[cfg(feature = "tracing")]
    pub(crate) fn limiter(&self) -> &'static str {
        self.way.limiter.name
    }

    #[cfg(feature = "tracing")]
    pub(crate) fn slow_start(&self) -> Duration {
        Duration::from_nanos(self.way.limiter.slow_start.load(Ordering::Relaxed))
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.way.limiter.ledger
    }

    /// The call has ended, or will never begin. Its permit is free once those to whom it was lent
    /// have ended too.
    pub(crate) fn leave(&self, call: &Call) {
        if call.lends_no_more().is_none_or(Gate::close) {
            self.depart();
        }
    }

    fn depart(&self) {
        self.way.after(self.way.gate().leave(&self.pass));
    }

    pub(crate) fn to_rescue(&self, hop: &Arc<dyn Hop>) -> Option<Arc<dyn Hop>> {
        let gate = self.way.gate();
        if gate.is_in(&self.pass) { Some(Arc::clone(hop)) } else { gate.not_begun() }
    }
}

/// The way of a call that has its permit already: [`Limiter::try_run`](crate::Limiter::try_run).
pub struct Reserved(Option<Way>);

impl Reserved {
    pub(super) fn by(way: Way) -> Self {
        Self(Some(way))
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        if let Some(way) = self.0.take() {
            way.after(way.gate().give_back());
        }
    }
}

impl fmt::Debug for Reserved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limiter = self.0.as_ref().map(|way| way.limiter.name);
        f.debug_tuple("Reserved").field(&limiter).finish()
    }
}

impl Route for Reserved {}

impl Carry for Reserved {
    type On<P: Dispatcher> = On<P>;

    fn on<P: Dispatcher>(self, dispatcher: P) -> On<P> {
        On::to(dispatcher)
    }

    fn send<J: Job>(mut self, job: J, order: Order) -> Claim<J::Output> {
        let (claim, task) = order.carry_out(job);
        self.0.take().expect("a reserved call is sent once").take(task);
        claim
    }
}
