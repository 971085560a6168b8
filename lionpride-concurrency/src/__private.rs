//! What the macros' output calls, and nothing else. It may change in any release.

pub use std::sync::Arc;

#[cfg(feature = "macros")]
pub use lionpride_macros::{callable, is_async, pipeline};

pub use crate::callable::bound::{never, same, takes};
pub use crate::callable::colour::{
    ViaAnything, ViaApart, ViaCallable, ViaFuture, ViaLocal, ViaRunSync, ViaUnfit, ViaValue, probe,
};
pub use crate::callable::kinds::share;
pub use crate::callable::partial::{again, kept};
pub use crate::chosen::Chosen;
pub use crate::crossing::{Carried, Cross, Lend, Lent, Sends, hop};
pub use crate::pipeline::draft::{end, fallible, infallible, part, step};
pub use crate::pipeline::each::at_most;
pub use crate::pipeline::outcome::{
    ViaConvertible, ViaLocalResult, ViaNoResult, ViaPlain, ViaResult,
};
pub use crate::promise::{mistaken, promised};
