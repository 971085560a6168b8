//! Calls sync and async code the same way.
//!
//! Blocking code that runs on an async worker stalls every task behind it. This crate moves it to
//! tokio's blocking pool, with one attribute or one call, and leaves async code where it is. Which
//! of the two a function is, its colour, is found out at compile time.
//!
//! | to | there is |
//! |---|---|
//! | make a function awaitable, whatever its colour | [`#[dispatch]`](dispatch) |
//! | hold functions of both colours as values | [`callable!`], [`Callable`], [`BoxCallable`], [`is_async!`] |
//! | take functions of both colours bare | [`IntoCallable`] |
//! | write several as one, in as few hops as can be | [`pipeline!`], [`Pipeline`] |
//! | run a blocking closure, or read a blocking iterator | [`run_sync`], [`stream_sync`] |
//! | say where it runs, and how many at once | [`Limiter`], [`Dedicated`], `Rayon`, [`Dispatcher`] |
//! | wait for many at once | [`gather`], [`race`], [`bounded_map`], [`as_completed`] |
//! | wait for a condition | [`poll_until`], [`poll_until_with`] |
//! | stop in time | [`fail_after`], [`move_on_after`], [`check_cancelled`], [`shield`] |
//! | call async code from sync code | [`run_async`] |
//! | tell the time and wait | [`current_time`], [`sleep`], [`sleep_until`] |
//! | see what is going on | [`stats()`] |
//!
//! # Examples
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
//! use std::path::PathBuf;
//! use lionpride_concurrency::{Callable, dispatch, pipeline, sleep};
//!
//! #[dispatch] // sync: runs on the blocking pool
//! fn read(path: PathBuf) -> std::io::Result<String> {
//!     std::fs::read_to_string(path)
//! }
//!
//! #[dispatch] // async: stays as it is
//! async fn publish(lines: usize) -> std::io::Result<usize> {
//!     sleep(0.01).await;
//!     Ok(lines)
//! }
//!
//! let text = read("Cargo.toml".into()).await?;
//! let published = publish(text.lines().count()).await?;
//!
//! let job = pipeline!(read?, |text| text.lines().count(), publish?);
//! assert_eq!(job.call("Cargo.toml".into()).await?, published);
//! assert_eq!(job.hops(), 1);
//! # Ok(()) }
//! ```
//!
//! The [`guide`] says more, a page a topic.
//!
//! # Features
//!
//! - `macros` (default): `#[dispatch]`, `callable!`, `is_async!` and `pipeline!`.
//! - `rayon`: `Rayon`, a dispatcher for CPU work.
//! - `tower`: a callable that gives a `Result` is a `tower_service::Service`, for tower's layers. The
//!   guide has a page on it.
//! - `tracing`: the caller's span and dispatcher around blocking work, a span for each hop, and a
//!   warning when a call waited long for its start.
//!
//! # Minimum versions
//!
//! Rust 1.85, as tokio. Tokio 1.54.1: earlier versions have lost or hung blocking calls under load
//! (tokio-rs/tokio#8056 and #8406).

#![cfg_attr(docsrs, feature(doc_cfg))]

mod callable;
mod chosen;
mod crossing;
mod dispatcher;
#[cfg(feature = "macros")]
mod macros;
#[cfg(all(test, lionpride_model))]
mod models;
mod patterns;
mod pipeline;
mod promise;
mod run_sync;
mod scope;
mod shield;
mod stats;
mod sync;
mod time;
mod trace;

#[doc(hidden)]
pub mod __private;

/// `#[dispatch(crate = path)]` looks for it there.
#[doc(hidden)]
pub extern crate self as lionpride_concurrency;

pub use callable::{BoxCallable, Callable, IntoCallable};
#[cfg(feature = "rayon")]
pub use dispatcher::Rayon;
pub use dispatcher::{
    AsDispatcher, Dedicated, Dispatcher, Limiter, On, Pool, Reserved, Route, Saturated, Shielded,
    WithLocal,
};
pub use patterns::{
    AsCompleted, Gather, Race, TryGather, as_completed, bounded_map, gather, poll_until,
    poll_until_with, race, try_bounded_map, try_gather,
};
pub use pipeline::{Failed, Pipeline, Progress};
pub use run_sync::{
    Cancelled, IntoResult, Job, RunSync, RunSyncError, Task, Work, check_cancelled, is_cancelled,
    run_async, run_sync, stream_sync,
};
pub use scope::{
    FailAfter, MoveOnAfter, TimedOut, effective_deadline, fail_after, fail_at, move_on_after,
    move_on_at,
};
pub use shield::{Shield, shield};
pub use stats::{Stats, stats};
pub use time::{IntoDelay, Sleep, current_time, sleep, sleep_until};

#[cfg(feature = "macros")]
pub use lionpride_macros::dispatch;

/// The guide, a page a topic.
#[cfg(all(any(doc, doctest), feature = "macros"))]
pub mod guide {
    #[doc = include_str!("docs/blocking.md")]
    pub mod blocking {}

    #[doc = include_str!("docs/colours.md")]
    pub mod colours {}

    #[doc = include_str!("docs/dispatch.md")]
    pub mod dispatch {}

    #[doc = include_str!("docs/from_asgiref.md")]
    pub mod from_asgiref {}

    #[doc = include_str!("docs/from_lionpride.md")]
    pub mod from_lionpride {}

    #[doc = include_str!("docs/from_tokio.md")]
    pub mod from_tokio {}

    #[doc = include_str!("docs/hop.md")]
    pub mod hop {}

    #[doc = include_str!("docs/patterns.md")]
    pub mod patterns {}

    #[doc = include_str!("docs/pipeline.md")]
    // To Markdown, a picture as it stands begins after an empty line and ends at one.
    #[doc = ""]
    #[doc = include_str!("docs/timeline.svg")]
    pub mod pipeline {}

    #[doc = include_str!("docs/pitfalls.md")]
    pub mod pitfalls {}

    #[doc = include_str!("docs/queue.md")]
    // To Markdown, a picture as it stands begins after an empty line and ends at one.
    #[doc = ""]
    #[doc = include_str!("docs/hop.svg")]
    pub mod queue {}

    #[doc = include_str!("docs/testing.md")]
    pub mod testing {}

    #[doc = include_str!("docs/time.md")]
    pub mod time {}

    #[cfg(feature = "tower")]
    #[doc = include_str!("docs/tower.md")]
    pub mod tower {}

    #[doc = include_str!("docs/when_not.md")]
    pub mod when_not {}
}

/// The examples of the front page compile and run.
#[cfg(all(doctest, feature = "macros"))]
#[doc = include_str!("../README.md")]
struct FrontPage;
