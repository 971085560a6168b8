mod callable;
#[cfg(feature = "macros")]
mod macros;
mod pipeline;
mod run_sync;
mod time;

#[doc(hidden)]
pub mod __private;

pub use callable::{BoxCallable, Callable};
pub use pipeline::Pipeline;
pub use run_sync::{IntoResult, Job, RunSync, RunSyncError, run_sync, stream_sync};
pub use time::{IntoDelay, Sleep, current_time, sleep, sleep_until};

#[cfg(feature = "macros")]
pub use lionpride_macros::dispatch;
