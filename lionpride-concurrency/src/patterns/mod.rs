//! Many futures at once, and waiting for a condition.
//!
//! | to | there is |
//! |---|---|
//! | wait for all of a few futures, whose types are the same | [`gather`], [`try_gather`] |
//! | call one function with each of many items, so many at once | [`bounded_map`], [`try_bounded_map`] |
//! | handle each output as soon as it is there | [`as_completed`] |
//! | take the first, and stop the others | [`race`] |
//! | wait until something is so | [`poll_until`], [`poll_until_with`] |
//!
//! They are plain functions over the futures of one task: nothing is spawned, and dropping what they
//! return drops all that is in flight. Work that has to use several threads blocks, and hops there
//! by itself, or is spawned. Within a pipeline, `each(n, f)` is `bounded_map` and `join(f, g)` calls
//! several functions with one input.
//!
//! A time limit is [`fail_after`](crate::fail_after) around any of them.
//!
//! # What is not here
//!
//! What Rust's libraries do well already: a fixed number of futures of different types is
//! `tokio::join!` or `tokio::select!`, a growing set of tasks `tokio::task::JoinSet`, a retry
//! `backon`, whose backoffs also are the intervals of [`poll_until_with`]. Locks, semaphores and
//! channels are those of `tokio::sync`.

mod as_completed;
mod bounded_map;
mod gather;
mod in_order;
mod poll_until;
mod race;

pub use self::as_completed::{AsCompleted, as_completed};
pub use self::bounded_map::{bounded_map, try_bounded_map};
pub use self::gather::{Gather, TryGather, gather, try_gather};
pub(crate) use self::in_order::InOrder;
pub use self::poll_until::{poll_until, poll_until_with};
pub use self::race::{Race, race};
