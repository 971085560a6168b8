//! What a part of a call keeps for the calls to come: the `"db"` of `callable!(connect("db", _))`.

use std::fmt;

/// A value that is evaluated once, and of which each call gets one of its own.
///
/// What it is cloned from is out of sight, so that a value which cannot be kept is one error and no
/// second one where the callable is called.
pub struct Kept<T>(Box<dyn Fn() -> T + Send + Sync>);

impl<T> fmt::Debug for Kept<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept")
    }
}

/// What can be kept.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be kept for the calls to come",
    label = "each call gets a clone of it, on any thread",
    note = "beside a `_`, an argument has to be `Clone + Send + Sync + 'static`",
    note = "share it in an `Arc`, or write a closure: `move |x| f(&value, x)`"
)]
pub trait Keep: Sized {
    /// Keeps it.
    fn keep(self) -> Kept<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> Keep for T {
    fn keep(self) -> Kept<T> {
        Kept(Box::new(move || self.clone()))
    }
}

/// Keeps a value.
pub fn kept<T: Keep>(value: T) -> Kept<T> {
    value.keep()
}

/// One of its own for a call. A function, where a method could be a trait's of the user's.
#[must_use]
pub fn again<T>(kept: &Kept<T>) -> T {
    (kept.0)()
}
