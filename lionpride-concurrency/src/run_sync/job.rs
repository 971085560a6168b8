//! What a hop carries.

/// Work for [`run_sync`](crate::run_sync): every `FnOnce() -> R + Send + 'static` is a job.
///
/// It is a trait so that a function can return `RunSync<impl Job<Output = R>>`, a future with a
/// name that borrows nothing, whatever the function itself borrowed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not work that can run on another thread",
    label = "expected `FnOnce() -> R + Send + 'static`, where `R: Send + 'static`",
    note = "move owned values into the closure (`move || ..`): it may run after the caller is gone"
)]
pub trait Job: Send + 'static {
    /// What the work results in.
    type Output: Send + 'static;

    /// Does the work, here and now.
    fn run(self) -> Self::Output;
}

impl<F, R> Job for F
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    type Output = R;

    fn run(self) -> R {
        self()
    }
}
