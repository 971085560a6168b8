//! What a hop carries.

/// Something to do: every `FnOnce() -> R`.
///
/// It says what the work results in. That it may be done on another thread is [`Job`]'s to say.
pub trait Work {
    /// What the work results in.
    type Output;

    /// Does the work, here and now.
    fn run(self) -> Self::Output;
}

impl<F: FnOnce() -> R, R> Work for F {
    type Output = R;

    fn run(self) -> R {
        self()
    }
}

/// Work for [`run_sync`](crate::run_sync): every `FnOnce() -> R + Send + 'static` is a job.
///
/// It is a trait so that a function can return `RunSync<impl Job<Output = R>>`, a future with a
/// name that borrows nothing, whatever the function itself borrowed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not work that can run on another thread",
    label = "expected `FnOnce() -> R + Send + 'static`, where `R: Send + 'static`",
    note = "move owned values into the closure (`move || ..`): it may run after the caller is gone"
)]
pub trait Job: Work<Output: Send + 'static> + Send + 'static {}

impl<W> Job for W
where
    W: Work + Send + 'static,
    W::Output: Send + 'static,
{
}
