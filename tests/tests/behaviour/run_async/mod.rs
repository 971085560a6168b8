//! `run_async`: the way back.

mod nested;
mod places;
