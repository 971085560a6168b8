//! What a stage's result means: `f` hands it on, `f?` hands on its `Ok` and stops at its `Err`.

/// How the result `R` of a stage becomes the next stage's input, or the pipeline's error `E`.
#[diagnostic::on_unimplemented(
    message = "a `?` stage must return a `Result` with the pipeline's error `{E}`, not `{R}`",
    label = "not a `Result` with the error `{E}`",
    note = "without the `?` the next stage gets the result as it is"
)]
pub trait Outcome<R, E>: Send + 'static {
    /// What the next stage gets.
    type Value: Send + 'static;

    /// The value, or the error to stop with.
    ///
    /// # Errors
    ///
    /// Those of a `?` stage.
    fn judge(returned: R) -> Result<Self::Value, E>;
}

/// The stage `f`.
#[derive(Clone, Copy, Debug)]
pub struct Plain;

/// The stage `f?`.
#[derive(Clone, Copy, Debug)]
pub struct Question;

impl<R: Send + 'static, E> Outcome<R, E> for Plain {
    type Value = R;

    fn judge(returned: R) -> Result<R, E> {
        Ok(returned)
    }
}

impl<T: Send + 'static, E> Outcome<Result<T, E>, E> for Question {
    type Value = T;

    fn judge(returned: Result<T, E>) -> Result<T, E> {
        returned
    }
}
