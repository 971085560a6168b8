//! A stream through a pipeline.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures::stream::{Stream, StreamExt};
use pin_project_lite::pin_project;

use super::Pipeline;
use super::run::Run;

impl<In: 'static, F: Run<In>> Pipeline<In, F> {
    /// Takes each item of `input` through the pipeline, at most `limit` at once; the results come
    /// in the order of the items.
    ///
    /// An item is taken from `input` only when there is room for it. A slow item holds up the
    /// results behind it, though not their work, until `limit` are waiting.
    ///
    /// The calls go on while the stream is polled, and only then: code that reads it must not wait,
    /// between two items, for what only a call in flight can give, such as room in a channel that
    /// the stages fill. Spawn a task that reads the stream, where that cannot be ruled out.
    ///
    /// # Panics
    ///
    /// At the caller's line if `limit` is 0.
    ///
    /// # Cancel safety
    ///
    /// Waiting for a result can be dropped and loses nothing. Dropping the stream drops the calls
    /// that are in flight, each as [`run_sync`](crate::run_sync) says.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use futures::{StreamExt, stream};
    /// use lionpride_concurrency::pipeline;
    ///
    /// let squares = pipeline!(|n: u32| n * n).stream(stream::iter(1..=4), 2);
    /// assert_eq!(squares.collect::<Vec<_>>().await, [1, 4, 9, 16]);
    /// # }
    /// ```
    #[track_caller]
    pub fn stream<S>(&self, input: S, limit: usize) -> impl Stream<Item = F::Output> + use<S, In, F>
    where
        S: Stream<Item = In>,
    {
        assert_limit(limit);
        let run = Arc::clone(&self.run);
        input.map(move |item| F::call(Arc::clone(&run), item)).buffered(limit)
    }

    /// As [`stream`](Self::stream), but each result comes as soon as it is there.
    ///
    /// # Panics
    ///
    /// At the caller's line if `limit` is 0.
    ///
    /// # Cancel safety
    ///
    /// As [`stream`](Self::stream).
    #[track_caller]
    pub fn stream_unordered<S>(
        &self,
        input: S,
        limit: usize,
    ) -> impl Stream<Item = F::Output> + use<S, In, F>
    where
        S: Stream<Item = In>,
    {
        assert_limit(limit);
        let run = Arc::clone(&self.run);
        input.map(move |item| F::call(Arc::clone(&run), item)).buffer_unordered(limit)
    }

    /// As [`stream`](Self::stream), for a pipeline that gives a `Result`: the stream ends with the
    /// first error. The calls that are in flight then are dropped at once, and no more items are
    /// taken.
    ///
    /// Results come in the order of the items, and so do errors: one that comes early waits for the
    /// results before it. Where an item of the input may be an error itself, the first stage says
    /// so: `|item| item?`, in place as `inline(|item| item?)`.
    ///
    /// # Panics
    ///
    /// At the caller's line if `limit` is 0.
    ///
    /// # Cancel safety
    ///
    /// As [`stream`](Self::stream).
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use futures::{TryStreamExt, stream};
    /// use lionpride_concurrency::pipeline;
    ///
    /// let parse = pipeline!(str::parse::<u8>?, |n| n / 2);
    /// let halves = parse.try_stream(stream::iter(["2", "4"]), 2);
    /// assert_eq!(halves.try_collect::<Vec<_>>().await, Ok(vec![1, 2]));
    ///
    /// let halves = parse.try_stream(stream::iter(["2", "four", "6"]), 2);
    /// assert!(halves.try_collect::<Vec<_>>().await.is_err());
    /// # }
    /// ```
    #[track_caller]
    pub fn try_stream<S, T, E>(
        &self,
        input: S,
        limit: usize,
    ) -> impl Stream<Item = Result<T, E>> + use<S, In, F, T, E>
    where
        S: Stream<Item = In>,
        F: Run<In, Output = Result<T, E>>,
    {
        UntilError { results: Some(self.stream(input, limit)) }
    }

    /// As [`try_stream`](Self::try_stream), but each result comes as soon as it is there, and so
    /// does the error that ends the stream.
    ///
    /// # Panics
    ///
    /// At the caller's line if `limit` is 0.
    ///
    /// # Cancel safety
    ///
    /// As [`stream`](Self::stream).
    #[track_caller]
    pub fn try_stream_unordered<S, T, E>(
        &self,
        input: S,
        limit: usize,
    ) -> impl Stream<Item = Result<T, E>> + use<S, In, F, T, E>
    where
        S: Stream<Item = In>,
        F: Run<In, Output = Result<T, E>>,
    {
        UntilError { results: Some(self.stream_unordered(input, limit)) }
    }
}

#[track_caller]
fn assert_limit(limit: usize) {
    assert!(limit > 0, "the limit of a stream must be at least 1");
}

pin_project! {
    /// Results up to the first error. With it goes the stream that they come from.
    struct UntilError<S> {
        #[pin]
        results: Option<S>,
    }
}

impl<S: Stream<Item = Result<T, E>>, T, E> Stream for UntilError<S> {
    type Item = Result<T, E>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<T, E>>> {
        let mut results = self.project().results;
        let Some(stream) = results.as_mut().as_pin_mut() else { return Poll::Ready(None) };
        let next = ready!(stream.poll_next(cx));
        if !matches!(next, Some(Ok(_))) {
            results.set(None);
        }
        Poll::Ready(next)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        // An error may be the next.
        self.results.as_ref().map_or((0, Some(0)), |stream| {
            let (least, most) = stream.size_hint();
            (least.min(1), most)
        })
    }
}
