use std::fmt;
use std::sync::{Arc, OnceLock};

use rayon::ThreadPool;

use super::{Dispatcher, Place};
use crate::run_sync::Task;
use crate::stats::{Ledger, Stats};

/// Rayon's pool, for work that keeps a core busy: the global one, or one of yours.
///
/// The blocking pool has hundreds of threads, for work that waits. Work that computes is done best
/// on as many threads as there are cores, and can use rayon's parallel iterators from there. The
/// pool belongs to no runtime: shutting one down loses none of its calls, and does not wait for
/// them.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use lionpride_concurrency::{Rayon, run_sync};
/// use rayon::prelude::*;
///
/// static CPU: Rayon = Rayon::global();
///
/// let sum = run_sync(|| (1..=1_000_u64).into_par_iter().map(|n| n * n).sum::<u64>()).on(&CPU);
/// assert_eq!(sum.await, 333_833_500);
/// # }
/// ```
///
/// On a pool of your own:
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use lionpride_concurrency::{Rayon, run_sync};
///
/// let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
/// let cpu = Rayon::from(pool);
/// assert_eq!(run_sync(rayon::current_num_threads).on(&cpu).await, 2);
/// # }
/// ```
pub struct Rayon {
    pool: Option<Arc<ThreadPool>>,
    ledger: OnceLock<Arc<Ledger>>,
}

impl Rayon {
    /// The global pool. Each value counts its own calls; a clone counts with it.
    #[must_use]
    pub const fn global() -> Self {
        Self { pool: None, ledger: OnceLock::new() }
    }

    fn ledger(&self) -> &Arc<Ledger> {
        self.ledger.get_or_init(|| Arc::new(Ledger::new()))
    }

    /// What has become of the calls made through this value and its clones.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.ledger().read()
    }
}

impl From<Arc<ThreadPool>> for Rayon {
    fn from(pool: Arc<ThreadPool>) -> Self {
        Self { pool: Some(pool), ledger: OnceLock::new() }
    }
}

impl From<ThreadPool> for Rayon {
    fn from(pool: ThreadPool) -> Self {
        Arc::new(pool).into()
    }
}

#[diagnostic::do_not_recommend]
impl Dispatcher for Rayon {
    fn dispatch(&self, task: Task) {
        if !task.hop().come_to(Place::Rayon(Arc::clone(self.ledger()))) {
            return;
        }
        match &self.pool {
            Some(pool) => pool.spawn_fifo(|| task.run()),
            None => rayon::spawn_fifo(|| task.run()),
        }
    }
}

impl Clone for Rayon {
    fn clone(&self) -> Self {
        Self { pool: self.pool.clone(), ledger: OnceLock::from(Arc::clone(self.ledger())) }
    }
}

impl fmt::Debug for Rayon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pool = if self.pool.is_some() { "of its own" } else { "global" };
        f.debug_struct("Rayon").field("pool", &pool).finish_non_exhaustive()
    }
}
