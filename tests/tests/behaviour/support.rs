//! What the topics share: runtimes of both flavours, a pool with one held thread, wakers that
//! count, and panics with their places.

use std::any::Any;
use std::cell::RefCell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex, Once, Weak};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use lionpride_concurrency::{Job, RunSync, run_sync};
use tokio::runtime::{Builder, Handle, Runtime};

/// A builder of each flavour.
pub(crate) fn flavours() -> [Builder; 2] {
    let mut multi_thread = Builder::new_multi_thread();
    multi_thread.worker_threads(2);
    let mut flavours = [Builder::new_current_thread(), multi_thread];
    for builder in &mut flavours {
        builder.enable_time();
    }
    flavours
}

/// Runs the test on both flavours, as the root future.
pub(crate) fn on_both(test: impl AsyncFn()) {
    on_each(|runtime| runtime.block_on(test()));
}

/// Runs the test with a runtime of each flavour.
pub(crate) fn on_each(test: impl Fn(&Runtime)) {
    for mut builder in flavours() {
        with(&mut builder, |runtime| test(&runtime));
    }
}

/// Runs the test with a runtime of each flavour, whose blocking pool has a single thread.
pub(crate) fn with_one_blocking_thread(test: impl Fn(&Runtime)) {
    owning_one_blocking_thread(|runtime| test(&runtime));
}

/// As [`with_one_blocking_thread`], for tests that shut the runtime down.
pub(crate) fn owning_one_blocking_thread(test: impl Fn(Runtime)) {
    for mut builder in flavours() {
        with(builder.max_blocking_threads(1), &test);
    }
}

fn with(builder: &mut Builder, test: impl Fn(Runtime)) {
    let runtime = builder.build().unwrap();
    eprintln!("on {:?}", runtime.handle().runtime_flavor());
    test(runtime);
}

/// A current-thread runtime whose clock stands still.
pub(crate) fn paused() -> Runtime {
    Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

/// Both ways to shut a runtime down. Either has taken hold when it returns, though blocking calls
/// may still be running.
pub(crate) const SHUTDOWNS: [fn(Runtime); 2] = [Runtime::shutdown_background, drop_elsewhere];

fn drop_elsewhere(runtime: Runtime) {
    let handle = runtime.handle().clone();
    thread::spawn(move || drop(runtime));
    loop {
        // A pool that is shutting down cancels at once whatever it is given.
        let probe = handle.spawn_blocking(|| ());
        if !probe.is_finished() {
            probe.abort();
        } else if futures::executor::block_on(probe).is_err() {
            return;
        }
        thread::yield_now();
    }
}

/// A blocking thread that is busy until this is dropped.
pub(crate) struct Held {
    _release: mpsc::Sender<()>,
}

/// Holds a thread of the blocking pool; returns once the thread is held.
pub(crate) fn hold_a_thread(runtime: &Handle) -> Held {
    let (release, released) = mpsc::channel();
    let (started, has_started) = mpsc::channel();
    runtime.spawn_blocking(move || {
        started.send(()).unwrap();
        let _ = released.recv();
    });
    has_started.recv().unwrap();
    Held { _release: release }
}

/// Returns once a pool with one thread has gone through all that it was given before.
pub(crate) fn drain(runtime: &Handle) {
    let (reached, is_reached) = mpsc::channel();
    runtime.spawn_blocking(move || reached.send(()).unwrap());
    is_reached.recv().unwrap();
}

/// Something to capture, and what tells whether it still exists.
pub(crate) fn captured() -> (Arc<()>, Weak<()>) {
    let value = Arc::new(());
    let alive = Arc::downgrade(&value);
    (value, alive)
}

pub(crate) fn is_gone(alive: &Weak<()>) -> bool {
    alive.upgrade().is_none()
}

/// A call that tells whether it has run and whether what it captured is still there.
pub(crate) fn observed_call() -> (RunSync<impl Job<Output = ()>>, Arc<AtomicBool>, Weak<()>) {
    let (has_run, (value, alive)) = (Arc::new(AtomicBool::new(false)), captured());
    let flag = Arc::clone(&has_run);
    let call = run_sync(move || {
        flag.store(true, Ordering::SeqCst);
        drop(value);
    });
    (call, has_run, alive)
}

pub(crate) fn has(flag: &AtomicBool) -> bool {
    flag.load(Ordering::SeqCst)
}

/// Runs a closure when it is dropped.
pub(crate) struct OnDrop<F: FnOnce()>(Option<F>);

pub(crate) fn on_drop<F: FnOnce()>(f: F) -> OnDrop<F> {
    OnDrop(Some(f))
}

impl<F: FnOnce()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        self.0.take().unwrap()();
    }
}

/// Counts how often its waker is woken.
#[derive(Default)]
pub(crate) struct Bell {
    count: Mutex<usize>,
    changed: Condvar,
}

impl Bell {
    pub(crate) fn new() -> (Arc<Self>, Waker) {
        let bell = Arc::new(Self::default());
        (Arc::clone(&bell), Waker::from(bell))
    }

    pub(crate) fn count(&self) -> usize {
        *self.count.lock().unwrap()
    }

    /// Blocks until the waker has been woken `count` times in all.
    pub(crate) fn wait_for(&self, count: usize) {
        let woken = self.count.lock().unwrap();
        drop(self.changed.wait_while(woken, |woken| *woken < count).unwrap());
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        *self.count.lock().unwrap() += 1;
        self.changed.notify_all();
    }
}

/// Polls once.
pub(crate) fn poll<F: Future + Unpin>(future: &mut F, waker: &Waker) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(waker))
}

/// Fails if `f` hangs, rather than hang with it.
pub(crate) fn in_time<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> R {
    let (done, is_done) = mpsc::channel();
    let runner = thread::spawn(move || done.send(f()));
    match is_done.recv_timeout(Duration::from_secs(20)) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => panic!("it hangs"),
        Err(RecvTimeoutError::Disconnected) => resume_unwind(runner.join().unwrap_err()),
    }
}

/// Returns once the condition holds; fails if it never does.
pub(crate) fn until(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(20), "it does not come to pass");
        thread::yield_now();
    }
}

/// What a panic said, and where.
#[derive(Debug)]
pub(crate) struct Panic {
    pub(crate) message: String,
    pub(crate) file: String,
    pub(crate) line: u32,
}

thread_local! {
    static LAST_PANIC: RefCell<Option<Panic>> = const { RefCell::new(None) };
}

/// The panic of `f`, which must panic on this thread.
pub(crate) fn panic_of<R>(f: impl FnOnce() -> R) -> Panic {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let place = info.location().unwrap();
            let message = text_of(info.payload()).unwrap_or_default();
            let panic = Panic { message, file: place.file().to_owned(), line: place.line() };
            LAST_PANIC.set(Some(panic));
            usual(info);
        }));
    });
    LAST_PANIC.set(None);
    assert!(catch_unwind(AssertUnwindSafe(f)).is_err(), "it did not panic");
    LAST_PANIC.take().expect("the panic was raised anew, past the hook")
}

/// What a panic carries to whoever catches it.
pub(crate) fn payload_of<R>(f: impl FnOnce() -> R) -> Box<dyn Any + Send> {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(_) => panic!("it did not panic"),
        Err(payload) => payload,
    }
}

/// The message of a panic, if it is one.
pub(crate) fn text_of(payload: &(dyn Any + Send)) -> Option<String> {
    let literal = payload.downcast_ref::<&str>().map(ToString::to_string);
    literal.or_else(|| payload.downcast_ref::<String>().cloned())
}
