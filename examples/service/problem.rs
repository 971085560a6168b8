//! What a request can end with instead of its answer: a status, and JSON that says why.

use std::fmt;

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::RETRY_AFTER;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use lionpride_concurrency::TimedOut;
use rusqlite::ErrorCode;
use serde_json::json;

#[derive(Debug)]
pub(crate) enum Problem {
    /// The request is wrong, and this is how.
    Refused(StatusCode, String),
    NotFound,
    /// Too many others wait already.
    Busy(&'static str),
    TooLate,
    /// Nothing that the client should read: it is for the log.
    Internal(String),
}

impl Problem {
    pub(crate) fn bad(reason: impl Into<String>) -> Self {
        Self::Refused(StatusCode::BAD_REQUEST, reason.into())
    }

    pub(crate) fn not_allowed() -> Self {
        Self::Refused(StatusCode::METHOD_NOT_ALLOWED, "not with this method".into())
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Refused(status, _) => *status,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooLate => StatusCode::GATEWAY_TIMEOUT,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// What the client reads.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(_, reason) => f.write_str(reason),
            Self::NotFound => f.write_str("there is nothing here"),
            Self::Busy(what) => write!(f, "too many {what} are waiting"),
            Self::TooLate => f.write_str("it took too long; a write may still be done"),
            Self::Internal(_) => f.write_str("an error of the service"),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if let Self::Internal(reason) = &self {
            tracing::error!(reason, "internal error");
        }
        let body = Json(json!({ "error": self.to_string() }));
        let mut response = (self.status(), body).into_response();
        if let Self::Busy(_) = self {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(1));
        }
        response
    }
}

impl From<TimedOut> for Problem {
    fn from(_: TimedOut) -> Self {
        Self::TooLate
    }
}

/// A query is interrupted when its time is up, and a moment before its request hears of that.
impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => Self::TooLate,
            _ => Self::Internal(error.to_string()),
        }
    }
}

/// An extractor whose rejections are problems, and so JSON.
pub(crate) struct Checked<E>(pub(crate) E);

impl<S: Sync, E> FromRequestParts<S> for Checked<E>
where
    E: FromRequestParts<S, Rejection: IntoResponse + fmt::Display>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        E::from_request_parts(parts, state).await.map(Self).map_err(refused)
    }
}

impl<S: Sync, E> FromRequest<S> for Checked<E>
where
    E: FromRequest<S, Rejection: IntoResponse + fmt::Display>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        E::from_request(request, state).await.map(Self).map_err(refused)
    }
}

fn refused(rejection: impl IntoResponse + fmt::Display) -> Problem {
    let reason = rejection.to_string();
    match rejection.into_response().status() {
        StatusCode::UNPROCESSABLE_ENTITY => Problem::bad(reason),
        status => Problem::Refused(status, reason),
    }
}
