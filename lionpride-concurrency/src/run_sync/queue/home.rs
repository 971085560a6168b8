//! Where a runtime's queue is found, and how long it lives.
//!
//! Every thread of a blocking pool that has drained a queue keeps it: so it lives as long as its
//! runtime has such threads, and no longer.

use std::cell::RefCell;
use std::sync::{Arc, OnceLock};
use std::thread;

use super::Queue;
use crate::sync::thread_local;

thread_local! {
    /// The queue of the runtime whose pool this thread is of.
    static KEPT: RefCell<Option<Arc<Queue>>> = const { RefCell::new(None) };
}

impl Queue {
    /// Keeps it as long as this thread lives.
    pub(super) fn keep(queue: &Arc<Self>) {
        KEPT.with(|kept| {
            kept.borrow_mut().get_or_insert_with(|| Arc::clone(queue));
        });
    }
}

#[cfg(not(all(test, lionpride_model)))]
mod registry {
    use std::cell::RefCell;
    use std::sync::{Arc, Mutex, PoisonError, Weak};

    use tokio::runtime::{Handle, Id};

    use super::Queue;

    /// The queues of all runtimes that have one.
    static QUEUES: Mutex<Vec<(Id, Weak<Queue>)>> = Mutex::new(Vec::new());

    thread_local! {
        /// The queue that this thread's calls have come to last.
        static LATEST: RefCell<Option<(Id, Weak<Queue>)>> = const { RefCell::new(None) };
    }

    impl Queue {
        /// The queue of a runtime.
        pub(crate) fn of(runtime: &Handle) -> Arc<Self> {
            let id = runtime.id();
            let latest = LATEST.with_borrow(|latest| find(latest, id));
            latest.unwrap_or_else(|| {
                let queue = Self::registered(runtime);
                LATEST.set(Some((id, Arc::downgrade(&queue))));
                queue
            })
        }

        fn registered(runtime: &Handle) -> Arc<Self> {
            let id = runtime.id();
            let mut queues = QUEUES.lock().unwrap_or_else(PoisonError::into_inner);
            find(&*queues, id).unwrap_or_else(|| {
                let queue = Arc::new(Self::new(runtime.clone()));
                queues.retain(|(_, queue)| queue.strong_count() > 0);
                queues.push((id, Arc::downgrade(&queue)));
                queue
            })
        }
    }

    fn find<'a>(
        queues: impl IntoIterator<Item = &'a (Id, Weak<Queue>)>,
        runtime: Id,
    ) -> Option<Arc<Queue>> {
        let (_, queue) = queues.into_iter().find(|(id, _)| *id == runtime)?;
        queue.upgrade()
    }
}

/// In a model there is one.
#[cfg(all(test, lionpride_model))]
impl Queue {
    pub(crate) fn of(runtime: &tokio::runtime::Handle) -> Arc<Self> {
        shuttle::lazy_static! {
            static ref QUEUE: std::sync::OnceLock<Arc<Queue>> = std::sync::OnceLock::new();
        }
        Arc::clone(QUEUE.get_or_init(|| Arc::new(Self::new(runtime.clone()))))
    }
}

pub(super) fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| thread::available_parallelism().map_or(1, usize::from))
}

#[cfg(all(test, not(lionpride_model)))]
mod tests {
    use std::sync::Arc;

    use tokio::runtime::Builder;

    use super::Queue;
    use crate::run_sync;

    #[test]
    fn a_queue_ends_with_its_runtime() {
        let [first, second] = [(); 2].map(|()| Builder::new_current_thread().build().unwrap());
        let queues = [&first, &second].map(|runtime| {
            runtime.block_on(run_sync(|| ()));
            Arc::downgrade(&Queue::of(runtime.handle()))
        });
        assert!(queues.iter().all(|queue| queue.strong_count() > 0));
        assert!(!queues[0].ptr_eq(&queues[1]));
        drop(first);
        assert_eq!(queues[0].strong_count(), 0);
        drop(second);
        assert_eq!(queues[1].strong_count(), 0);
    }
}
