use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::ptr;
use std::sync::{Arc, OnceLock, mpsc};
use std::thread::{self, Thread};

use super::{Dispatcher, On, Place};
use crate::run_sync::{Hop, Job, RunSync, Task, run_sync};
use crate::stats::{Ledger, Stats};
use crate::sync::{Mutex, lock};

/// A thread that builds and owns a `T`, and does one call after another.
///
/// `T` may be `!Send` and bound to its thread: a database connection, the handle of a device, an
/// interpreter. `Dedicated<()>` is a plain single thread, for [`RunSync::on`] and
/// `#[dispatch(on = PATH)]`.
///
/// A clone is another handle of the same thread. When the last handle is dropped, the thread goes
/// through what is queued, drops the `T` and ends; calls that wait to be polled hold a handle. The
/// thread belongs to no runtime: shutting one down loses none of its calls, and does not wait for
/// them.
///
/// A panic ends its call and nothing else: the next call finds the `T` as it was left. If building
/// the `T` panics, the first call that needs it goes on with that panic, and every later one panics
/// and says so; work that needs no `T` still runs.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::{cell::RefCell, rc::Rc, sync::LazyLock};
/// use lionpride_concurrency::{Dedicated, dispatch, run_sync};
///
/// type Journal = Rc<RefCell<Vec<String>>>; // stays on its thread
///
/// static JOURNAL: LazyLock<Dedicated<Journal>> =
///     LazyLock::new(|| Dedicated::new("journal", Journal::default));
///
/// let entry = "order 7".to_owned();
/// let entries = JOURNAL.call(move |journal| {
///     journal.borrow_mut().push(entry);
///     journal.borrow().len()
/// });
/// assert_eq!(entries.await, 1);
///
/// // Any other work can be done on the same thread.
/// let name = run_sync(|| std::thread::current().name().map(str::to_owned)).on(&JOURNAL);
/// assert_eq!(name.await.as_deref(), Some("journal"));
/// # }
/// ```
pub struct Dedicated<T> {
    tasks: mpsc::Sender<Task>,
    home: Arc<Home>,
    owned: PhantomData<fn() -> T>,
}

/// What is known of the thread.
pub(crate) struct Home {
    pub(super) name: String,
    pub(super) ledger: Ledger,
    /// None until it runs.
    thread: OnceLock<Thread>,
    /// Calls that are waited for by work on this very thread: they are in the queue as well, behind
    /// what they would keep waiting.
    urgent: Mutex<Vec<Arc<dyn Hop>>>,
}

thread_local! {
    /// This thread, if it is a dedicated one.
    static HERE: RefCell<Option<Arc<Home>>> = const { RefCell::new(None) };
    /// What is on it.
    static TENANT: RefCell<Option<Tenant>> = const { RefCell::new(None) };
}

/// Does the calls that only this thread can do, and that it waits for; whether there were any.
pub(crate) fn run_what_needs_this_thread() -> bool {
    let here = HERE.with_borrow(Option::clone);
    let calls = here.map(|home| mem::take(&mut *lock(&home.urgent))).unwrap_or_default();
    let mut any = false;
    for hop in calls.into_iter().filter(|hop| hop.is_queued()) {
        any = true;
        Task::new(hop).run();
    }
    any
}

/// The `T` of a dedicated thread, its type out of sight: a thread has one.
enum Tenant {
    Built(Box<dyn Any>),
    /// Building it panicked: what was thrown is for the first who asks.
    Failed(Option<Box<dyn Any + Send>>),
    /// A call has it.
    Out,
}

impl<T: 'static> Dedicated<T> {
    /// Starts the thread, with this name, and builds the `T` there.
    ///
    /// # Panics
    ///
    /// If the system gives no thread.
    #[must_use]
    pub fn new<F>(name: impl Into<String>, build: F) -> Self
    where
        F: FnOnce() -> T + Send + 'static,
    {
        let name = name.into();
        let (tasks, queue) = mpsc::channel::<Task>();
        let home = Arc::new(Home {
            name: name.clone(),
            ledger: Ledger::new(),
            thread: OnceLock::new(),
            urgent: Mutex::new(Vec::new()),
        });
        let inhabited = Arc::clone(&home);
        let thread = thread::Builder::new().name(name.clone()).spawn(move || {
            inhabited.move_in();
            TENANT.set(Some(match catch_unwind(AssertUnwindSafe(build)) {
                Ok(tenant) => Tenant::Built(Box::new(tenant)),
                Err(payload) => Tenant::Failed(Some(payload)),
            }));
            for task in queue {
                task.run();
                inhabited.forget_done();
            }
            // Before the thread's other locals, which it may use.
            drop(TENANT.take());
        });
        if let Err(error) = thread {
            panic!("cannot start the thread of the dedicated dispatcher `{name}`: {error}");
        }
        Self { tasks, home, owned: PhantomData }
    }

    /// Works with the `T`, on its thread. Calls are done in the order in which they are first
    /// polled.
    ///
    /// # Panics
    ///
    /// As [`run_sync`]; if building the `T` panicked; and if the call is waited for by the work of
    /// another one that has the `T` in use.
    ///
    /// [`run_inline`](RunSync::run_inline) panics anywhere else than on the thread.
    ///
    /// # Cancel safety
    ///
    /// As [`run_sync`].
    pub fn call<F, R>(&self, f: F) -> RunSync<impl Job<Output = R> + use<F, R, T>, On<Self>>
    where
        F: FnOnce(&mut T) -> R + Send + 'static,
        R: Send + 'static,
    {
        let home = Arc::clone(&self.home);
        run_sync(move || home.with_tenant(f)).on(self)
    }

    /// The name of the thread.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.home.name
    }

    /// What has become of the calls on this thread.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.home.ledger.read()
    }
}

impl Home {
    fn move_in(self: &Arc<Self>) {
        let is_first = self.thread.set(thread::current());
        debug_assert!(is_first.is_ok(), "a home has one thread");
        HERE.set(Some(Arc::clone(self)));
    }

    fn is_here(&self) -> bool {
        self.thread.get().is_some_and(|thread| thread.id() == thread::current().id())
    }

    /// A call that was queued here. If this thread waits for the work that it was made from, it has
    /// to do it before that.
    fn queue(&self, hop: Arc<dyn Hop>) {
        let is_here = |around: &Arc<dyn Hop>| match around.call().place() {
            Some(Place::Dedicated(home)) => ptr::eq(Arc::as_ptr(home), self),
            _ => false,
        };
        if hop.call().ancestors().any(is_here) {
            lock(&self.urgent).push(hop);
            self.thread.get().inspect(|thread| thread.unpark());
        }
    }

    /// What was done out of turn need not be remembered.
    fn forget_done(&self) {
        lock(&self.urgent).retain(|hop| hop.is_queued());
    }

    fn with_tenant<T: 'static, R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        let name = &self.name;
        assert!(self.is_here(), "a call on `{name}` can only run on the thread of that name");
        match TENANT.replace(Some(Tenant::Out)) {
            Some(Tenant::Built(tenant)) => {
                let mut lease = Lease(Some(tenant));
                f(lease.tenant())
            }
            Some(Tenant::Failed(payload)) => {
                TENANT.set(Some(Tenant::Failed(None)));
                match payload {
                    Some(payload) => resume_unwind(payload),
                    None => {
                        panic!("there is nothing to work with on `{name}`: building it panicked")
                    }
                }
            }
            _ => panic!(
                "a call on `{name}` waits for another one on the same thread: the first has what \
                 the second needs"
            ),
        }
    }
}

/// Puts the tenant back, also when the work with it has panicked.
struct Lease(Option<Box<dyn Any>>);

impl Lease {
    fn tenant<T: 'static>(&mut self) -> &mut T {
        let tenant = self.0.as_mut().and_then(|tenant| tenant.downcast_mut());
        tenant.expect("a thread has one tenant")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        TENANT.set(self.0.take().map(Tenant::Built));
    }
}

#[diagnostic::do_not_recommend]
impl<T: 'static> Dispatcher for Dedicated<T> {
    fn dispatch(&self, task: Task) {
        if task.hop().come_to(Place::Dedicated(Arc::clone(&self.home))) {
            let hop = Arc::clone(task.hop());
            // The thread is there as long as this handle is.
            let _ = self.tasks.send(task);
            self.home.queue(hop);
        }
    }
}

impl<T> Clone for Dedicated<T> {
    fn clone(&self) -> Self {
        Self { tasks: self.tasks.clone(), home: Arc::clone(&self.home), owned: self.owned }
    }
}

impl<T> fmt::Debug for Dedicated<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dedicated").field("name", &self.home.name).finish_non_exhaustive()
    }
}
