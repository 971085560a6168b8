//! What the library promises, a module per topic and a test per fact.
//!
//! Concurrency is proved with channels, barriers and drop probes, never by sleeping.

mod auto_traits;
mod await_points;
mod cancel;
mod dispatcher;
mod patterns;
mod run_async;
mod run_sync;
mod scope;
mod shield;
mod stream_sync;
mod support;
mod time;
#[cfg(feature = "tower")]
mod tower;
