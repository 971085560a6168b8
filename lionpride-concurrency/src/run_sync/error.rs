use std::any::Any;
use std::error::Error;
use std::fmt;

/// Why a blocking call has no result: the error of
/// [`RunSync::into_result`](crate::RunSync::into_result).
///
/// It is `Send` and not `Sync`, as what was thrown need not be. Where an error must be both, keep its
/// text: `call.into_result().await.map_err(|error| error.to_string())?`.
#[derive(Debug)]
#[non_exhaustive]
pub enum RunSyncError {
    /// The call panicked, with this payload. `std::panic::resume_unwind` goes on with the panic.
    Panicked(Box<dyn Any + Send + 'static>),
    /// The runtime was shut down before the call could start; it never ran.
    Shutdown,
}

impl fmt::Display for RunSyncError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panicked(payload) => match panic_message(payload.as_ref()) {
                Some(message) => write!(f, "the blocking call panicked: {message}"),
                None => f.write_str("the blocking call panicked, with a payload that is not text"),
            },
            Self::Shutdown => {
                f.write_str("the runtime was shut down before the blocking call could start")
            }
        }
    }
}

impl Error for RunSyncError {}

/// The text of a panic: `panic!("..")` carries a `&str`, `panic!("{x}")` a `String`.
fn panic_message(payload: &(dyn Any + Send)) -> Option<&str> {
    let literal = payload.downcast_ref::<&'static str>().copied();
    literal.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
}
