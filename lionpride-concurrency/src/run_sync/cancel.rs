use std::error::Error;
use std::fmt;

use super::call::{self, Call};
use crate::scope;

/// Why work should stop early: the error of [`check_cancelled`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

impl fmt::Display for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the call is cancelled: its caller is gone, or its deadline has passed")
    }
}

impl Error for Cancelled {}

/// Whether this is the work of a blocking call that nobody waits for any more: its future was
/// dropped, or that of a call around it.
///
/// It is `false` outside a blocking call, and in one that is
/// [shielded](crate::RunSync::shielded). It is cheap enough for a tight loop.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::sync::mpsc;
/// use lionpride_concurrency::{is_cancelled, move_on_after, run_sync};
///
/// let (stopped, has_stopped) = mpsc::channel();
/// let endless = run_sync(move || {
///     while !is_cancelled() {
///         std::thread::yield_now();
///     }
///     stopped.send(()).unwrap();
/// });
/// assert!(move_on_after(0.01, endless).await.is_none());
/// assert!(has_stopped.recv().is_ok());
/// # }
/// ```
#[must_use]
pub fn is_cancelled() -> bool {
    call::ask_current(Call::is_cancelled).unwrap_or(false)
}

/// Lets the work of a blocking call stop early, with a `?`.
///
/// It is `Ok` outside a blocking call. It is cheap enough for a tight loop.
///
/// # Errors
///
/// [`Cancelled`], once the call [is cancelled](is_cancelled), and once a deadline has passed under
/// which it was made.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use lionpride_concurrency::{Cancelled, TimedOut, check_cancelled, fail_after, run_sync};
///
/// fn count(limit: u64) -> Result<u64, Cancelled> {
///     for _ in 0..limit {
///         check_cancelled()?;
///     }
///     Ok(limit)
/// }
///
/// assert_eq!(run_sync(|| count(1_000)).await, Ok(1_000));
///
/// // At the deadline the work stops, and the scope ends: either may be the first to be seen.
/// let counted = fail_after(0.01, run_sync(|| count(u64::MAX))).await;
/// assert!(matches!(counted, Err(TimedOut) | Ok(Err(Cancelled))));
/// # }
/// ```
pub fn check_cancelled() -> Result<(), Cancelled> {
    let is_over = |call: &Call| call.is_cancelled() || scope::deadline_has_passed();
    match call::ask_current(is_over) {
        Some(true) => Err(Cancelled),
        _ => Ok(()),
    }
}
