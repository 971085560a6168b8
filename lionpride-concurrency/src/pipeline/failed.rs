//! Which stage has failed: [`Pipeline::traced`] gives errors together with it.
//!
//! A stage that stops its pipeline takes down its index on the thread that polls the pipeline, which
//! gives its error within the same poll. So a call that nobody asks pays nothing, and its errors
//! stay as they are.

use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

use super::Pipeline;
use super::run::Run;

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

impl<In: 'static, F: Run<In>> Pipeline<In, F> {
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
    ) -> Pipeline<In, impl Run<In, Output = Result<T, Failed<E>>> + use<In, F, T, E>>
    where
        F: Run<In, Output = Result<T, E>>,
    {
        let (run, plan) = (Arc::clone(&self.run), Arc::clone(&self.plan));
        self.wrapped(move |input| {
            let (call, plan) = (F::call(Arc::clone(&run), input), Arc::clone(&plan));
            async move {
                // `LAST` is of the poll that has given the error, which goes on here.
                call.await.map_err(|error| {
                    let (index, stage) = plan.stopped_by(LAST.get());
                    Failed { stage, index, error }
                })
            }
        })
    }
}
