//! The locks and atomics of what is model-checked: the standard library's, or under
//! `--cfg lionpride_model` those whose every interleaving shuttle tries.

#[cfg(not(lionpride_model))]
pub(crate) use std::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicUsize},
};
#[cfg(not(lionpride_model))]
pub(crate) use std::thread_local;

#[cfg(lionpride_model)]
pub(crate) use shuttle::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicUsize},
};
#[cfg(lionpride_model)]
pub(crate) use shuttle::thread_local;

use std::sync::PoisonError;

/// Locks. Nothing that runs under a lock of this crate's leaves it half changed: a poisoned one is
/// as good as new.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
