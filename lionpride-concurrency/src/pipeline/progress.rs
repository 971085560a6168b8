//! How far the calls of a pipeline are.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::Pipeline;
use super::run::Run;

/// How many calls of a pipeline there have been, as [`Pipeline::observed`] tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Calls that have been polled.
    pub started: u64,
    /// Calls that have given their result, be it an error.
    pub finished: u64,
    /// Calls that have been dropped, or have panicked, before they could.
    pub dropped: u64,
}

impl Progress {
    /// Calls that are under way.
    #[must_use]
    pub fn in_flight(&self) -> u64 {
        self.started - self.finished - self.dropped
    }
}

/// Who is told, and what there is to tell.
struct Observer<P> {
    started: AtomicU64,
    finished: AtomicU64,
    dropped: AtomicU64,
    tell: P,
}

impl<P: Fn(Progress)> Observer<P> {
    fn count(&self, what: &AtomicU64) {
        what.fetch_add(1, SeqCst);
        // In this order no more have ended than have started.
        let [finished, dropped, started] =
            [&self.finished, &self.dropped, &self.started].map(|count| count.load(SeqCst));
        (self.tell)(Progress { started, finished, dropped });
    }
}

pin_project! {
    /// The future of a call of [`Pipeline::observed`].
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    struct Observed<F, P: Fn(Progress)> {
        // Dropped first: what is told as dropped is gone.
        #[pin]
        call: F,
        under_way: UnderWay<P>,
    }
}

/// A call, as far as it has been counted.
struct UnderWay<P: Fn(Progress)> {
    observer: Arc<Observer<P>>,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    New,
    Started,
    Finished,
}

impl<P: Fn(Progress)> UnderWay<P> {
    fn start(&mut self) {
        if self.state == State::New {
            self.state = State::Started;
            self.observer.count(&self.observer.started);
        }
    }

    fn finish(&mut self) {
        self.state = State::Finished;
        self.observer.count(&self.observer.finished);
    }
}

impl<P: Fn(Progress)> Drop for UnderWay<P> {
    fn drop(&mut self) {
        if self.state == State::Started {
            self.observer.count(&self.observer.dropped);
        }
    }
}

impl<F: Future, P: Fn(Progress)> Future for Observed<F, P> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.under_way.start();
        let result = ready!(this.call.poll(cx));
        this.under_way.finish();
        Poll::Ready(result)
    }
}

impl<In: 'static, F: Run<In>> Pipeline<In, F> {
    /// The same pipeline, that tells `tell` how far its calls are: whenever one starts, has its
    /// result, or is dropped. The calls of its clones and streams count together.
    ///
    /// `tell` is called where the call is polled or dropped, between two steps of a task, so that it
    /// should be quick: set a progress bar, store an atomic. Two calls that end at once on two
    /// threads may tell it in either order.
    ///
    /// # Panics
    ///
    /// A panic in `tell` goes on at the poll or drop that it was called from.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    /// use futures::{StreamExt, stream};
    /// use lionpride_concurrency::pipeline;
    ///
    /// let done = Arc::new(AtomicU64::new(0));
    /// let bar = Arc::clone(&done); // or `indicatif::ProgressBar`: `bar.set_position(..)`
    /// let p = pipeline!(|n: u32| n * n).observed(move |now| bar.store(now.finished, Relaxed));
    ///
    /// let squares: Vec<_> = p.stream(stream::iter(1..=4), 2).collect().await;
    /// assert_eq!((squares, done.load(Relaxed)), (vec![1, 4, 9, 16], 4));
    /// # }
    /// ```
    #[must_use]
    pub fn observed<P>(
        &self,
        tell: P,
    ) -> Pipeline<In, impl Run<In, Output = F::Output> + use<In, F, P>>
    where
        P: Fn(Progress) + Send + Sync + 'static,
    {
        let run = Arc::clone(&self.run);
        let [started, finished, dropped] = [const { AtomicU64::new(0) }; 3];
        let observer = Arc::new(Observer { started, finished, dropped, tell });
        self.wrapped(move |input| Observed {
            call: F::call(Arc::clone(&run), input),
            under_way: UnderWay { observer: Arc::clone(&observer), state: State::New },
        })
    }
}
