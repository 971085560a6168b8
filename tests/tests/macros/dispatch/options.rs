//! `shield`, `locals(KEY, ..)` and `allow_blocking`.

use std::future::Future;
use std::pin::pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Waker};

use lionpride_concurrency::{Callable, callable, dispatch, is_async, pipeline};

tokio::task_local! {
    static REQUEST: u32;
    static USER: String;
}

#[dispatch(locals(REQUEST, USER))]
fn who(greeting: String) -> String {
    format!("{greeting} {} of {}", USER.get(), REQUEST.get())
}

#[dispatch(locals(REQUEST))]
fn perhaps() -> Option<u32> {
    REQUEST.try_with(|request| *request).ok()
}

#[derive(Clone)]
struct Service;

#[dispatch(owned, locals(self::REQUEST), shield)]
impl Service {
    fn request(&self) -> u32 {
        REQUEST.get()
    }

    async fn awaited(&self) -> u32 {
        tokio::task::yield_now().await;
        REQUEST.get()
    }
}

async fn scoped<T>(future: impl Future<Output = T>) -> T {
    REQUEST.scope(7, USER.scope("ann".to_owned(), future)).await
}

#[tokio::test]
async fn task_locals_are_carried_to_the_body() {
    assert_eq!(scoped(who("call".into())).await, "call ann of 7");
    assert_eq!(scoped(perhaps()).await, Some(7));
    assert_eq!(perhaps().await, None);
    assert_eq!(scoped(Service.request()).await, 7);
    assert_eq!(scoped(Service.awaited()).await, 7);
}

#[tokio::test]
async fn task_locals_are_carried_into_callables_and_pipelines() {
    assert!(!is_async!(perhaps));
    let callable = callable!(perhaps);
    assert_eq!(scoped(callable.call(())).await, Some(7));
    let job = pipeline!(|n: u32| n.to_string(), who, |text| text.len());
    assert_eq!(scoped(job.call(1)).await, "1 ann of 7".len());
    assert_eq!(job.hops(), 3);
}

#[dispatch(shield)]
fn write(gate: Receiver<()>, journal: Sender<&'static str>) {
    let _ = gate.recv();
    journal.send("written").unwrap();
}

/// Takes the only thread of the pool until it is told to let it go.
#[dispatch]
fn occupy(gate: Receiver<()>) {
    let _ = gate.recv();
}

#[test]
fn a_shielded_function_runs_although_its_caller_is_gone() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    let (open, gate) = channel();
    let (journal, entries) = channel();
    runtime.block_on(async {
        let mut first = pin!(occupy(gate));
        let context = &mut Context::from_waker(Waker::noop());
        assert!(first.as_mut().poll(context).is_pending());
        let (_, no_gate) = channel();
        let mut queued = Box::pin(write(no_gate, journal));
        assert!(queued.as_mut().poll(context).is_pending());
        drop(queued);
        open.send(()).unwrap();
        first.await;
    });
    assert_eq!(entries.recv(), Ok("written"));
}

#[dispatch(allow_blocking)]
async fn naps() -> u32 {
    std::thread::sleep(std::time::Duration::ZERO);
    tokio::task::yield_now().await;
    1
}

#[dispatch]
async fn blocks_elsewhere() -> u64 {
    let size = lionpride_concurrency::run_sync(|| std::fs::metadata("Cargo.toml").map(|m| m.len()));
    size.await.unwrap_or(0)
}

#[tokio::test]
async fn blocking_calls_can_be_allowed_and_are_free_in_closures() {
    assert_eq!(naps().await, 1);
    assert!(blocks_elsewhere().await > 0);
}
