//! The locks, atomics and waits of what is model-checked: the standard library's, or under
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

#[cfg(lionpride_model)]
pub(crate) use self::model::{Bell, Turn};
#[cfg(not(lionpride_model))]
pub(crate) use self::real::{Bell, Turn};

use std::sync::PoisonError;

/// Locks. Nothing that runs under a lock of this crate's leaves it half changed: a poisoned one is
/// as good as new.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(not(lionpride_model))]
mod real {
    use std::sync::{Condvar, PoisonError};
    use std::time::{Duration, Instant};

    use super::{Mutex, MutexGuard};
    use crate::run_sync::Ran;

    /// Wakes who waits under a lock.
    pub(crate) struct Bell(Condvar);

    impl Bell {
        pub(crate) fn new() -> Self {
            Self(Condvar::new())
        }

        pub(crate) fn ring(&self) {
            self.0.notify_one();
        }

        /// Waits for it, and tells whether all that time has passed.
        pub(crate) fn wait<'a, T>(
            &self,
            _: &'a Mutex<T>,
            guard: MutexGuard<'a, T>,
            time: Duration,
        ) -> (MutexGuard<'a, T>, bool) {
            let waited = self.0.wait_timeout(guard, time);
            let (guard, result) = waited.unwrap_or_else(PoisonError::into_inner);
            (guard, result.timed_out())
        }
    }

    /// A length of time, from when it is first asked about.
    pub(crate) struct Turn {
        length: Duration,
        begun: Option<Instant>,
    }

    impl Turn {
        pub(crate) fn new(length: Duration) -> Self {
            Self { length, begun: None }
        }

        /// Whether it is over after this work. It has begun with the first.
        pub(crate) fn is_over(&mut self, ran: &Ran) -> bool {
            ran.times.is_some_and(|(begun, ended)| self.is_over_at(ended, begun))
        }

        pub(crate) fn has_passed(&mut self) -> bool {
            let now = Instant::now();
            self.is_over_at(now, now)
        }

        fn is_over_at(&mut self, now: Instant, begun: Instant) -> bool {
            now - *self.begun.get_or_insert(begun) >= self.length
        }
    }
}

/// No time passes in a model: what waits for it may have waited long enough at any moment.
#[cfg(lionpride_model)]
mod model {
    use std::time::Duration;

    use shuttle::rand::{Rng, thread_rng};

    use super::{Mutex, MutexGuard, lock};
    use crate::run_sync::Ran;

    pub(crate) struct Bell;

    impl Bell {
        pub(crate) fn new() -> Self {
            Self
        }

        pub(crate) fn ring(&self) {}

        pub(crate) fn wait<'a, T>(
            &self,
            mutex: &'a Mutex<T>,
            guard: MutexGuard<'a, T>,
            _: Duration,
        ) -> (MutexGuard<'a, T>, bool) {
            drop(guard);
            shuttle::thread::yield_now();
            (lock(mutex), true)
        }
    }

    pub(crate) struct Turn;

    impl Turn {
        pub(crate) fn new(_: Duration) -> Self {
            Self
        }

        pub(crate) fn is_over(&mut self, _: &Ran) -> bool {
            thread_rng().gen_bool(0.3)
        }

        pub(crate) fn has_passed(&mut self) -> bool {
            true
        }
    }
}
