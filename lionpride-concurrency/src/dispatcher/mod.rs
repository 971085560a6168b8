//! Where and how a blocking call runs.
//!
//! A [`Dispatcher`] is a place for blocking calls: [`Pool`], a [`Limiter`], a [`Dedicated`] thread,
//! [`Rayon`](crate::Rayon), or one of the user's. A [`Route`] is the way of one call: a place, and
//! what `RunSync`'s methods added to it.

mod dedicated;
mod limiter;
mod pool;
#[cfg(feature = "rayon")]
mod rayon;
mod route;

use std::sync::{Arc, LazyLock};

pub use self::dedicated::Dedicated;
pub(crate) use self::dedicated::run_what_needs_this_thread;
pub(crate) use self::limiter::Gate;
pub use self::limiter::{Limiter, Reserved, Saturated};
pub use self::pool::Pool;
#[cfg(feature = "rayon")]
pub use self::rayon::Rayon;
use self::route::Carry;
pub(crate) use self::route::Order;
pub use self::route::{On, Route, Shielded, WithLocal};

use crate::crossing::Never;
use crate::run_sync::{Call, Hop, Task};
use crate::stats::{self, Ledger};

/// A place for blocking calls, chosen with [`RunSync::on`](crate::RunSync::on).
///
/// It is a handle that is cheap to clone: each call that waits to be polled holds one.
///
/// # Examples
///
/// A dispatcher of your own only has to bring each [`Task`] to a thread that may block. It can also
/// hand it on to another one:
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::thread;
/// use lionpride_concurrency::{Dispatcher, Task, run_sync};
///
/// /// A thread for each call.
/// #[derive(Clone)]
/// struct Threads;
///
/// impl Dispatcher for Threads {
///     fn dispatch(&self, task: Task) {
///         let name = task.name().unwrap_or("call").to_owned();
///         // Where there is no thread to be had, the task is dropped: its caller hears of it.
///         let _ = thread::Builder::new().name(name).spawn(|| task.run());
///     }
/// }
///
/// let name = run_sync(|| thread::current().name().map(str::to_owned)).named("resize").on(&Threads);
/// assert_eq!(name.await.as_deref(), Some("resize"));
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a dispatcher",
    label = "not a dispatcher",
    note = "blocking calls run on a `Limiter`, a `Dedicated`, a `Rayon`, a `LazyLock` of one of them, \
            or on what implements `lionpride_concurrency::Dispatcher`"
)]
pub trait Dispatcher: Clone + Send + Sync + 'static {
    /// Sees to it that the task is [run](Task::run), soon, on a thread that may block.
    ///
    /// It is called when the call is first polled, in the caller's task: it must not block.
    fn dispatch(&self, task: Task);
}

/// What [`RunSync::on`](crate::RunSync::on) takes a reference to: a [`Dispatcher`], or a `LazyLock`
/// of one.
///
/// `K` is a marker that the compiler finds; a bound leaves it out. It leaves open which dispatcher
/// there is where there is none: the compiler has no more to say.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a dispatcher",
    label = "not a dispatcher",
    note = "blocking calls run on a `Limiter`, a `Dedicated`, a `Rayon`, a `LazyLock` of one of them, \
            or on what implements `lionpride_concurrency::Dispatcher`"
)]
pub trait AsDispatcher<K = ()> {
    /// The dispatcher.
    type Dispatcher: Dispatcher;

    /// A handle of its own.
    fn to_dispatcher(&self) -> Self::Dispatcher;
}

#[diagnostic::do_not_recommend]
impl<D: Dispatcher> AsDispatcher for D {
    type Dispatcher = D;

    fn to_dispatcher(&self) -> D {
        self.clone()
    }
}

#[diagnostic::do_not_recommend]
impl<D: Dispatcher, F: FnOnce() -> D> AsDispatcher for LazyLock<D, F> {
    type Dispatcher = D;

    fn to_dispatcher(&self) -> D {
        D::clone(self)
    }
}

#[diagnostic::do_not_recommend]
impl<N: Never + ?Sized> AsDispatcher<[(); 0]> for N {
    type Dispatcher = Pool;

    fn to_dispatcher(&self) -> Pool {
        self.never()
    }
}

/// Where a call has come to.
pub(crate) enum Place {
    /// Its runtime's blocking pool.
    Pool,
    /// A limiter.
    Limiter(limiter::Seat),
    /// The thread of a [`Dedicated`]: no other can do.
    Dedicated(Arc<dedicated::Home>),
    /// Rayon's pool.
    #[cfg(feature = "rayon")]
    Rayon(Arc<Ledger>),
}

impl Place {
    pub(crate) fn ledger(&self) -> &Ledger {
        match self {
            Self::Pool => &stats::POOL,
            Self::Limiter(seat) => seat.ledger(),
            Self::Dedicated(home) => &home.ledger,
            #[cfg(feature = "rayon")]
            Self::Rayon(ledger) => ledger,
        }
    }

    /// What a call that waited here waited for, in a word for people.
    #[cfg(feature = "tracing")]
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Pool => "pool",
            Self::Limiter(seat) => seat.limiter(),
            Self::Dedicated(home) => &home.name,
            #[cfg(feature = "rayon")]
            Self::Rayon(_) => "rayon",
        }
    }

    /// How long a call may wait here until that is worth a warning.
    #[cfg(feature = "tracing")]
    pub(crate) fn slow_start(&self) -> std::time::Duration {
        match self {
            Self::Limiter(seat) => seat.slow_start(),
            _ => limiter::SLOW_START,
        }
    }

    /// The call has ended, or will never begin: what it held or waited for is free again.
    pub(crate) fn leave(&self, call: &Call) {
        if let Self::Limiter(seat) = self {
            seat.leave(call);
        }
    }

    /// A call that keeps `hop` waiting and can be run on any thread: itself, or whichever has its
    /// permit and no thread yet.
    pub(crate) fn to_rescue(&self, hop: &Arc<dyn Hop>) -> Option<Arc<dyn Hop>> {
        match self {
            Self::Pool => Some(Arc::clone(hop)),
            Self::Limiter(seat) => seat.to_rescue(hop),
            Self::Dedicated(_) => None,
            // A busy core is worth waiting for, except to who keeps it busy with that.
            #[cfg(feature = "rayon")]
            Self::Rayon(_) => {
                let mut around = hop.call().ancestors().filter_map(|hop| hop.call().place());
                around.any(|place| matches!(place, Self::Rayon(_))).then(|| Arc::clone(hop))
            }
        }
    }
}
