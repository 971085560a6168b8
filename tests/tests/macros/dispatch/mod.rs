//! `#[dispatch]` wherever Rust has functions.

mod blocks;
mod functions;
mod neighbours;
mod options;
mod owned;
mod traits;
