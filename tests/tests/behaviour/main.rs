//! What the library promises, a module per topic and a test per fact.
//!
//! Concurrency is proved with channels, barriers and drop probes, never by sleeping.

mod auto_traits;
mod dispatcher;
mod run_sync;
mod stream_sync;
mod support;
mod time;
