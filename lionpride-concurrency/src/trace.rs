//! What the feature `tracing` adds to a call. Without it, all of this is nothing.

#[cfg(not(feature = "tracing"))]
pub(crate) use self::off::{Trace, in_span_of_caller, watch, watched};
#[cfg(feature = "tracing")]
pub(crate) use self::on::{Trace, in_span_of_caller, watch, watched};

#[cfg(feature = "tracing")]
mod on {
    use std::future::Future;
    use std::mem;
    use std::pin::Pin;
    use std::task::{Context, Poll};
    use std::time::{Duration, Instant};

    use pin_project_lite::pin_project;
    use tracing::dispatcher::{self, Dispatch};
    use tracing::field::Empty;
    use tracing::instrument::{Instrument, Instrumented, WithDispatch, WithSubscriber};
    use tracing::{Span, debug_span, error, warn};

    use crate::run_sync::Call;
    use crate::sync::{Mutex, lock};

    /// What filters call all of it, wherever it stands.
    const TARGET: &str = "lionpride_concurrency";

    /// What a call takes along: where its caller is, and when it was queued.
    pub(crate) struct Trace(Mutex<Option<Taken>>);

    struct Taken {
        around: Around,
        hop: Span,
        queued: Instant,
    }

    /// The caller's dispatcher and span.
    pub(crate) struct Around {
        dispatch: Dispatch,
        span: Span,
    }

    impl Trace {
        pub(crate) fn of_caller(name: Option<&'static str>) -> Self {
            let hop = debug_span!(target: TARGET, "run_sync", name, queued = Empty, ran = Empty);
            let taken = Taken { around: Around::here(), hop, queued: Instant::now() };
            Self(Mutex::new(Some(taken)))
        }

        /// Where this code is, for code that runs elsewhere and has no call.
        pub(crate) fn around() -> Around {
            Around::here()
        }

        /// Does the work of the call. All that was taken along ends with it.
        pub(crate) fn run<R>(&self, call: &Call, work: impl FnOnce() -> R) -> R {
            let Some(Taken { around, hop, queued }) = lock(&self.0).take() else {
                return work();
            };
            around.inside(move || {
                let hop = hop.entered();
                let queued = queued.elapsed();
                warn_of_slow_start(call, queued);
                hop.record("queued", queued.as_secs_f64());
                let started = Instant::now();
                let result = work();
                hop.record("ran", started.elapsed().as_secs_f64());
                result
            })
        }

        /// The call will never begin.
        pub(crate) fn forget(&self) {
            if let Some(Taken { around, hop, .. }) = lock(&self.0).take() {
                let Around { dispatch, span } = around;
                dispatcher::with_default(&dispatch, move || drop((hop, span)));
            }
        }
    }

    impl Around {
        fn here() -> Self {
            Self { dispatch: dispatcher::get_default(Dispatch::clone), span: Span::current() }
        }

        /// The span is let go of in there as well: a registry looks for the parent of a span that
        /// closes in the dispatcher that is current then.
        pub(crate) fn inside<R>(self, run: impl FnOnce() -> R) -> R {
            let Self { dispatch, span } = self;
            dispatcher::with_default(&dispatch, move || {
                let _span = span.entered();
                run()
            })
        }
    }

    fn warn_of_slow_start(call: &Call, queued: Duration) {
        let Some(place) = call.place() else { return };
        if queued >= place.slow_start() {
            let (limiter, name) = (place.name(), call.name.unwrap_or("unnamed"));
            let queued = queued.as_secs_f64();
            warn!(target: TARGET, limiter, name, queued, "a blocking call waited long for its start");
        }
    }

    pub(crate) fn in_span_of_caller<F: Future>(future: F) -> WithDispatch<Instrumented<F>> {
        future.in_current_span().with_current_subscriber()
    }

    /// Says which stage of a pipeline has panicked, and leaves the panic as it is.
    struct Watch {
        stage: &'static str,
    }

    /// It is dropped where `work` has panicked only.
    impl Drop for Watch {
        fn drop(&mut self) {
            error!(target: TARGET, stage = self.stage, "a stage of a pipeline has panicked");
        }
    }

    pub(crate) fn watch<R>(stage: &'static str, work: impl FnOnce() -> R) -> R {
        let watch = Watch { stage };
        let result = work();
        mem::forget(watch);
        result
    }

    pin_project! {
        /// Watches each poll by itself: a future may also be dropped because another has panicked.
        pub(crate) struct Watched<F> {
            #[pin]
            future: F,
            stage: &'static str,
        }
    }

    impl<F: Future> Future for Watched<F> {
        type Output = F::Output;

        fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
            let this = self.project();
            watch(this.stage, || this.future.poll(cx))
        }
    }

    pub(crate) fn watched<F: Future>(stage: &'static str, future: F) -> Watched<F> {
        Watched { future, stage }
    }
}

#[cfg(not(feature = "tracing"))]
#[allow(clippy::unused_self, reason = "with the feature there is something in it")]
mod off {
    use crate::run_sync::Call;

    pub(crate) struct Trace;

    impl Trace {
        pub(crate) fn of_caller(_: Option<&'static str>) -> Self {
            Self
        }

        pub(crate) fn around() -> Self {
            Self
        }

        pub(crate) fn run<R>(&self, _: &Call, work: impl FnOnce() -> R) -> R {
            work()
        }

        pub(crate) fn inside<R>(self, run: impl FnOnce() -> R) -> R {
            run()
        }

        pub(crate) fn forget(&self) {}
    }

    pub(crate) fn in_span_of_caller<F>(future: F) -> F {
        future
    }

    pub(crate) fn watch<R>(_: &'static str, work: impl FnOnce() -> R) -> R {
        work()
    }

    pub(crate) fn watched<F>(_: &'static str, future: F) -> F {
        future
    }
}
