//! What `#[dispatch]`, `callable!`, `is_async!` and `pipeline!` make of the user's functions.

mod apart;
mod async_closures;
mod bare;
mod callable;
mod colours;
mod dispatch;
mod each;
mod errors;
mod hygiene;
mod join;
mod nested;
mod on;
mod partial;
mod pipeline;
mod places;
mod plan;
mod sizes;
mod streams;
mod traced;
