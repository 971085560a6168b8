//! `#[dispatch]` wherever Rust has functions.

// Users write it this way, and clippy sees that they did.
#![allow(
    clippy::format_in_format_args,
    clippy::needless_arbitrary_self_type,
    clippy::needless_borrow,
    clippy::needless_lifetimes,
    clippy::option_option,
    clippy::toplevel_ref_arg,
    clippy::unused_async,
    clippy::useless_format
)]

mod blocks;
mod conditions;
mod dispatchers;
mod functions;
mod names;
mod neighbours;
mod options;
mod owned;
mod patterns;
mod receivers;
mod traits;
