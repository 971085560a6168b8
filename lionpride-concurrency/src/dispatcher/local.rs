use std::fmt;

use tokio::runtime::Handle;
use tokio::task::LocalKey;

use super::{Dispatch, Dispatcher};

/// The dispatcher `D`, for a call whose work sees a task-local of its caller:
/// [`RunSync::with_local`](crate::RunSync::with_local).
pub struct WithLocal<D, T: 'static> {
    pub(crate) inner: D,
    pub(crate) key: &'static LocalKey<T>,
}

impl<D: Dispatcher, T: Clone + Send + 'static> Dispatcher for WithLocal<D, T> {}

impl<D: Dispatch, T: Clone + Send + 'static> Dispatch for WithLocal<D, T> {
    const SHIELDED: bool = D::SHIELDED;

    fn dispatch(&self, runtime: &Handle, work: impl FnOnce() + Send + 'static) {
        let key = self.key;
        match key.try_with(T::clone) {
            Ok(value) => self.inner.dispatch(runtime, move || key.sync_scope(value, work)),
            // Where the caller has no value, the work has none either.
            Err(_) => self.inner.dispatch(runtime, work),
        }
    }
}

impl<D: fmt::Debug, T> fmt::Debug for WithLocal<D, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WithLocal").field("inner", &self.inner).finish_non_exhaustive()
    }
}
