//! Where and how a blocking call runs.
//!
//! A [`Dispatcher`] is the second type of a [`RunSync`](crate::RunSync): [`Pool`] of a plain one,
//! while [`Shielded`] and [`WithLocal`] add to another dispatcher.

mod local;
mod shielded;

use tokio::runtime::Handle;

pub use self::local::WithLocal;
pub use self::shielded::Shielded;

/// Where and how a blocking call runs: [`Pool`], or what `RunSync`'s methods make of it.
///
/// It is sealed. A function that adds to a call can return it as
/// `RunSync<impl Job<Output = R>, impl Dispatcher>`.
pub trait Dispatcher: Dispatch + Send + 'static {}

/// The sealed part of [`Dispatcher`].
pub trait Dispatch {
    /// Whether a call that is dropped while it is queued runs all the same.
    const SHIELDED: bool = false;

    /// Queues the work. The first poll of the call asks for it, where the caller's task-locals can
    /// still be seen.
    fn dispatch(&self, runtime: &Handle, work: impl FnOnce() + Send + 'static);
}

/// The blocking pool of the runtime in which a call is first polled: the default of every call.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pool;

impl Dispatcher for Pool {}

impl Dispatch for Pool {
    fn dispatch(&self, runtime: &Handle, work: impl FnOnce() + Send + 'static) {
        // The slot tells how the call ended: the join handle has nothing to add.
        drop(runtime.spawn_blocking(work));
    }
}
