//! `#[dispatch]` wherever Rust has functions.

mod blocks;
mod functions;
mod options;
mod owned;
mod traits;
