//! What every request gets: a number, a span, a deadline, and an answer whatever happens.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use lionpride_concurrency::fail_after;
use tracing::{Instrument, info, info_span};

use crate::problem::Problem;

tokio::task_local! {
    /// The number of the request that this code works for.
    pub(crate) static REQUEST: u64;
}

static LAST: AtomicU64 = AtomicU64::new(0);

/// Answers within `timeout` seconds. The number is in the log, in the answer's header, and with
/// what the request has written.
pub(crate) async fn answer(
    State(timeout): State<f64>,
    request: Request,
    next: Next,
) -> impl IntoResponse {
    let id = LAST.fetch_add(1, Ordering::Relaxed) + 1;
    let span = info_span!("request", id, method = %request.method(), path = request.uri().path());
    let answer = whatever_happens(timeout, next.run(request));
    let mut response = REQUEST.scope(id, answer).instrument(span).await;
    response.headers_mut().insert("x-request-id", HeaderValue::from(id));
    response
}

/// When time is up, what is queued never runs, and a query under way is interrupted. A panic in
/// blocking code goes on here, and ends its request alone.
async fn whatever_happens(timeout: f64, answer: impl Future<Output = Response>) -> Response {
    let started = Instant::now();
    let response = match AssertUnwindSafe(fail_after(timeout, answer)).catch_unwind().await {
        Ok(Ok(response)) => response,
        Ok(Err(timed_out)) => Problem::from(timed_out).into_response(),
        Err(_) => Problem::Internal("a panic".into()).into_response(),
    };
    info!(status = response.status().as_u16(), ran = started.elapsed().as_secs_f64(), "answered");
    response
}
