use tokio::runtime::Handle;

use super::{Dispatch, Dispatcher};

/// The dispatcher `D`, for a call that runs even if it is dropped while it is queued:
/// [`RunSync::shielded`](crate::RunSync::shielded).
#[derive(Clone, Copy, Debug)]
pub struct Shielded<D>(pub(crate) D);

impl<D: Dispatcher> Dispatcher for Shielded<D> {}

impl<D: Dispatch> Dispatch for Shielded<D> {
    const SHIELDED: bool = true;

    fn dispatch(&self, runtime: &Handle, work: impl FnOnce() + Send + 'static) {
        self.0.dispatch(runtime, work);
    }
}
