//! Async code that goes on without its caller: [`shield`].

use std::fmt;
use std::future::Future;
use std::mem;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tokio::runtime;
use tokio::task::JoinHandle;

use crate::run_sync::{is_task_of, this_runtime};
use crate::trace;

pin_project! {
    /// The future of [`shield`].
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Shield<F: Future> {
        stage: Stage<F>,
    }
}

enum Stage<F: Future> {
    New(F),
    Spawned(JoinHandle<F::Output>, runtime::Id),
    /// Its runtime is no more.
    Lost(runtime::Id),
    Over,
}

/// Runs `future` to its end, even if the caller goes away: in a task of its own, from the first
/// poll on.
///
/// It is out of reach of the scopes and cancellations around it, and its task sees no task-locals of
/// the caller's. Only the shutdown of its runtime can end it early.
///
/// # Panics
///
/// When awaited: if `future` panics, with its payload; at the first poll, outside a tokio runtime;
/// and if the runtime was shut down meanwhile, as [`RunSync`](crate::RunSync) says.
///
/// # Cancel safety
///
/// Dropped before its first poll, `future` never runs. Dropped later, it runs on.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use lionpride_concurrency::{move_on_after, shield, sleep};
/// use tokio::sync::oneshot;
///
/// let (journal, entry) = oneshot::channel();
/// let write = async {
///     sleep(0.02).await;
///     journal.send("order 7").unwrap();
/// };
/// assert!(move_on_after(0.01, shield(write)).await.is_none());
/// assert_eq!(entry.await, Ok("order 7"));
/// # }
/// ```
pub fn shield<F>(future: F) -> Shield<F>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    Shield { stage: Stage::New(future) }
}

impl<F> Future for Shield<F>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let stage = self.project().stage;
        if let Stage::New(_) = stage {
            let runtime = this_runtime("a shielded future");
            let Stage::New(future) = mem::replace(stage, Stage::Over) else {
                unreachable!("it was just seen")
            };
            *stage = Stage::Spawned(runtime.spawn(trace::in_span_of_caller(future)), runtime.id());
        }
        if let Stage::Spawned(task, runtime) = stage {
            let (result, runtime) = (ready!(Pin::new(task).poll(cx)), *runtime);
            *stage = Stage::Over;
            match result {
                Ok(output) => return Poll::Ready(output),
                Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
                Err(_) => *stage = Stage::Lost(runtime),
            }
        }
        match stage {
            Stage::Lost(runtime) if is_task_of(*runtime) => Poll::Pending,
            Stage::Lost(_) => panic!("a shielded future was lost: its runtime was shut down"),
            _ => panic!("`Shield` polled after completion"),
        }
    }
}

impl<F: Future> fmt::Debug for Shield<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = match self.stage {
            Stage::New(_) => "not polled yet",
            Stage::Spawned(..) => "running",
            Stage::Lost(_) => "lost",
            Stage::Over => "over",
        };
        f.debug_tuple("Shield").field(&stage).finish()
    }
}
