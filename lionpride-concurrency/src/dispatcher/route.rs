use std::fmt;
use std::task::Waker;

use tokio::runtime::Handle;
use tokio::task::LocalKey;

use super::{Dispatcher, Pool};
use crate::run_sync::{Call, Claim, Job, Task, slot};

/// The way of one call: where it runs, and what goes along with it.
///
/// It is [`Pool`] of a plain call. [`RunSync::on`](crate::RunSync::on) makes it [`On`],
/// [`shielded`](crate::RunSync::shielded) and [`with_local`](crate::RunSync::with_local) add
/// [`Shielded`] and [`WithLocal`]. It is sealed: a function that adds to a call can return it as
/// `RunSync<impl Job<Output = R>, impl Route>`.
pub trait Route: Carry + Send + 'static {}

/// The sealed part of [`Route`].
pub trait Carry: Sized {
    /// The same route to another place.
    type On<P: Dispatcher>: Route;

    /// The same route to another place.
    fn on<P: Dispatcher>(self, dispatcher: P) -> Self::On<P>;

    /// Sends the call on its way. The first poll of the call asks for it, where the caller's
    /// task-locals can still be seen.
    fn send<J: Job>(self, job: J, order: Order) -> Claim<J::Output>;
}

/// What is said of a call when it is first polled.
pub struct Order {
    pub(crate) runtime: Handle,
    pub(crate) waker: Waker,
    pub(crate) name: Option<&'static str>,
    pub(crate) shielded: bool,
}

impl Order {
    /// Both sides of the call.
    pub(super) fn carry_out<J: Job>(self, job: J) -> (Claim<J::Output>, Task) {
        let Self { runtime, waker, name, shielded } = self;
        slot(job, Call::new(runtime, name, shielded), waker)
    }
}

impl Route for Pool {}

impl Carry for Pool {
    type On<P: Dispatcher> = On<P>;

    fn on<P: Dispatcher>(self, dispatcher: P) -> On<P> {
        On::to(dispatcher)
    }

    fn send<J: Job>(self, job: J, order: Order) -> Claim<J::Output> {
        let (claim, task) = order.carry_out(job);
        self.dispatch(task);
        claim
    }
}

/// The way to the dispatcher `P`: [`RunSync::on`](crate::RunSync::on).
#[derive(Clone, Copy, Debug)]
pub struct On<P>(P);

impl<P> On<P> {
    pub(super) fn to(dispatcher: P) -> Self {
        Self(dispatcher)
    }
}

impl<P: Dispatcher> Route for On<P> {}

impl<P: Dispatcher> Carry for On<P> {
    type On<Q: Dispatcher> = On<Q>;

    fn on<Q: Dispatcher>(self, dispatcher: Q) -> On<Q> {
        On::to(dispatcher)
    }

    fn send<J: Job>(self, job: J, order: Order) -> Claim<J::Output> {
        let (claim, task) = order.carry_out(job);
        self.0.dispatch(task);
        claim
    }
}

/// The route `D`, for a call that runs even if it is dropped while it is queued:
/// [`RunSync::shielded`](crate::RunSync::shielded).
#[derive(Clone, Copy, Debug)]
pub struct Shielded<D>(pub(crate) D);

impl<D: Route> Route for Shielded<D> {}

impl<D: Route> Carry for Shielded<D> {
    type On<P: Dispatcher> = Shielded<D::On<P>>;

    fn on<P: Dispatcher>(self, dispatcher: P) -> Self::On<P> {
        Shielded(self.0.on(dispatcher))
    }

    fn send<J: Job>(self, job: J, order: Order) -> Claim<J::Output> {
        self.0.send(job, Order { shielded: true, ..order })
    }
}

/// The route `D`, for a call whose work sees a task-local of its caller:
/// [`RunSync::with_local`](crate::RunSync::with_local).
pub struct WithLocal<D, T: 'static> {
    pub(crate) inner: D,
    pub(crate) key: &'static LocalKey<T>,
}

impl<D: Route, T: Clone + Send + 'static> Route for WithLocal<D, T> {}

impl<D: Route, T: Clone + Send + 'static> Carry for WithLocal<D, T> {
    type On<P: Dispatcher> = WithLocal<D::On<P>, T>;

    fn on<P: Dispatcher>(self, dispatcher: P) -> Self::On<P> {
        WithLocal { inner: self.inner.on(dispatcher), key: self.key }
    }

    fn send<J: Job>(self, job: J, order: Order) -> Claim<J::Output> {
        let key = self.key;
        match key.try_with(T::clone) {
            Ok(value) => self.inner.send(move || key.sync_scope(value, || job.run()), order),
            // Where the caller has no value, the work has none either.
            Err(_) => self.inner.send(job, order),
        }
    }
}

impl<D: fmt::Debug, T> fmt::Debug for WithLocal<D, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WithLocal").field("inner", &self.inner).finish_non_exhaustive()
    }
}
