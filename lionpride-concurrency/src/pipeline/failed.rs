//! Which stage has failed: [`Pipeline::traced`] gives errors together with it.
//!
//! A stage that stops its pipeline takes down its index on the thread that polls the pipeline, which
//! gives its error within the same poll. So a call that nobody asks pays nothing, and its errors
//! stay as they are.

use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::Pipeline;
use super::plan::Plan;

thread_local! {
    /// The stage that was the last to stop its pipeline. An inner pipeline comes before the stage
    /// that it is.
    static LAST: Cell<usize> = const { Cell::new(0) };
}

/// The stage with this index has stopped its pipeline.
#[cold]
pub(super) fn note(index: usize) {
    LAST.set(index);
}

/// An error within fused work, and how many stages of it came before: it is on its way back from
/// the worker.
pub struct Within<E> {
    pub(super) error: E,
    pub(super) index: usize,
}

impl<E> Within<E> {
    /// Takes down the stage, in work that begins with the stage `first`.
    pub(super) fn note(self, first: usize) -> E {
        note(first + self.index);
        self.error
    }
}

/// The error of a pipeline's stage, and which stage that is: what a call of
/// [`Pipeline::traced`] gives for an error.
///
/// `Display` names the stage as the plan does, and [`source`](Error::source) is the stage's error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed<E> {
    stage: &'static str,
    index: usize,
    error: E,
}

impl<E> Failed<E> {
    /// The text of the stage, as in the plan: `parse?`.
    #[must_use]
    pub fn stage(&self) -> &'static str {
        self.stage
    }

    /// How many stages come before it.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// What the stage stopped with.
    #[must_use]
    pub fn error(&self) -> &E {
        &self.error
    }

    /// What the stage stopped with, by itself.
    #[must_use]
    pub fn into_error(self) -> E {
        self.error
    }
}

/// ``stage 2, `validate?`, failed``: the error itself is the [`source`](Error::source).
impl<E> fmt::Display for Failed<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stage {}, `{}`, failed", self.index + 1, self.stage)
    }
}

impl<E: Error + 'static> Error for Failed<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.error)
    }
}

pin_project! {
    /// The future of a call of [`Pipeline::traced`].
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Traced<F> {
        #[pin]
        call: F,
        plan: Arc<Plan>,
    }
}

impl<F: Future<Output = Result<T, E>>, T, E> Future for Traced<F> {
    type Output = Result<T, Failed<E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let result = ready!(this.call.poll(cx));
        Poll::Ready(result.map_err(|error| {
            let (index, stage) = this.plan.stopped_by(LAST.get());
            Failed { stage, index, error }
        }))
    }
}

/// Not derived, which would ask for `F: Debug`.
impl<F> fmt::Debug for Traced<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Traced").field("plan", &self.plan).finish_non_exhaustive()
    }
}

impl<In, F, Fut> Pipeline<In, F>
where
    In: 'static,
    F: Fn(In) -> Fut + Send + Sync + 'static,
    Fut: Future + Send + 'static,
{
    /// The same pipeline, whose errors tell the stage that they are from: each comes as a
    /// [`Failed`].
    ///
    /// Where there is no `?`, and the last stage's result is a `Result`, an error is the last
    /// stage's. A pipeline within this one is a stage.
    ///
    /// A panic goes on with the payload that it has, which cannot tell its stage. With the feature
    /// `tracing` there is an event of level error that does.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use std::error::Error;
    /// use lionpride_concurrency::{Callable, pipeline};
    ///
    /// let job = pipeline!(|text: &'static str| text.trim(), str::parse::<u8>?, |n| n / 2);
    /// let failed = job.traced().call("300").await.unwrap_err();
    /// assert_eq!(failed.to_string(), "stage 2, `str::parse::<u8>?`, failed");
    /// assert_eq!((failed.index(), failed.stage()), (1, "str::parse::<u8>?"));
    /// assert_eq!(failed.source().unwrap().to_string(), "number too large to fit in target type");
    ///
    /// // The plain call gives the error alone.
    /// assert_eq!(job.call("300").await, Err(failed.into_error()));
    /// # }
    /// ```
    #[must_use]
    pub fn traced<T, E>(
        &self,
    ) -> Pipeline<In, impl Fn(In) -> Traced<Fut> + Send + Sync + 'static + use<In, F, Fut, T, E>>
    where
        Fut: Future<Output = Result<T, E>>,
    {
        let (run, plan) = (Arc::clone(&self.run), Arc::clone(&self.plan));
        self.with_run(move |input| Traced { call: run(input), plan: Arc::clone(&plan) })
    }
}
