//! What a stage's result means: `f` hands it on, `f?` hands on its `Ok` and stops at its `Err`.

#![allow(missing_docs, reason = "the trait `Via..` asks, the method `__outcome` answers")]

use std::marker::PhantomData;

use crate::callable::colour::{STUCK, Travels};
use crate::chosen::Found;
use crate::crossing::Never;

/// How the result `R` of a stage becomes the next stage's input, or the pipeline's error `E`.
pub trait Outcome<R, E>: Send + Sync + 'static {
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

/// The stage `f?` under an `error = AppError`.
#[derive(Clone, Copy, Debug)]
pub struct Converted;

/// What a `?` stage may return in a pipeline with the error `E`.
#[diagnostic::on_unimplemented(
    message = "a `?` stage must return a `Result` with the pipeline's error `{E}`, not `{Self}`",
    label = "not a `Result` with the error `{E}`",
    note = "without the `?` the next stage gets the result as it is",
    note = "`pipeline!(error = AppError, ..)` converts the error of each `?` stage by `From`"
)]
pub trait Fallible<E> {
    /// What the next stage gets.
    type Value;
}

impl<T, E> Fallible<E> for Result<T, E> {
    type Value = T;
}

/// What a `?` stage may return in a pipeline with `error = E`. The marker `K` leaves open what it
/// gives where it does not convert, as with [`Chosen`](crate::chosen::Chosen).
#[diagnostic::on_unimplemented(
    message = "a `?` stage must return a `Result` whose error converts into `{E}`, not `{Self}`",
    label = "not a `Result` with an error that `{E}` implements `From` for",
    note = "without the `?` the next stage gets the result as it is"
)]
pub trait Convertible<E, K> {
    /// What the next stage gets.
    type Value;
}

#[diagnostic::do_not_recommend]
impl<T, X, E: From<X>> Convertible<E, Found> for Result<T, X> {
    type Value = T;
}

#[diagnostic::do_not_recommend]
impl<R: Never, E> Convertible<E, ()> for R {
    type Value = ();
}

#[diagnostic::do_not_recommend]
impl<R: Never, E> Convertible<E, [(); 0]> for R {
    type Value = [(); 0];
}

/// A stage without a `?` that gives an `R`.
pub struct Gives<R>(PhantomData<fn() -> R>);

/// A `?` stage that gives a `T`, or stops with an `E`. Where it returns no such `Result`, and the
/// compiler has said so, it does not know the `T`: then the answer is of that type, and there is no
/// more to say, as for a function that does not fit (see `callable/colour.rs`).
pub struct Asked<T, E>(PhantomData<fn() -> (T, E)>);

/// As [`Asked`], under an `error = AppError`.
pub struct AskedToConvert<T, E>(PhantomData<fn() -> (T, E)>);

impl<R> Gives<R> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T, E> Asked<T, E> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T, E> AskedToConvert<T, E> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

pub trait ViaNoResult<T> {
    fn __outcome(&self) -> T {
        unreachable!("{STUCK}")
    }
}

pub trait ViaPlain {
    fn __outcome(&self) -> Plain {
        Plain
    }
}

pub trait ViaResult {
    fn __outcome(&self) -> Question {
        Question
    }
}

pub trait ViaConvertible {
    fn __outcome(&self) -> Converted {
        Converted
    }
}

/// What cannot be sent to another thread is told here, once: the outcome is left open.
pub trait ViaLocalResult<R> {
    fn __outcome<O>(&self) -> O
    where
        R: Travels,
    {
        unreachable!("{STUCK}")
    }
}

impl<T: Never, E> ViaNoResult<T> for &&Asked<T, E> {}

impl<T: Never, E> ViaNoResult<T> for &&AskedToConvert<T, E> {}

impl<R: Send> ViaPlain for &Gives<R> {}

impl<T: Send, E: Send> ViaResult for &Asked<T, E> {}

impl<T: Send, E: Send> ViaConvertible for &AskedToConvert<T, E> {}

impl<R> ViaLocalResult<R> for Gives<R> {}

impl<T, E> ViaLocalResult<Result<T, E>> for Asked<T, E> {}

impl<T, E> ViaLocalResult<Result<T, E>> for AskedToConvert<T, E> {}

/// The answer is called for: where its type is not known, the compiler says so.
macro_rules! called_for {
    ($($Outcome:ident)*) => {$(
        impl $Outcome {
            #[must_use]
            pub fn known(self) -> Self {
                self
            }
        }
    )*};
}

called_for!(Plain Question Converted);

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

impl<T: Send + 'static, X, E: From<X>> Outcome<Result<T, X>, E> for Converted {
    type Value = T;

    fn judge(returned: Result<T, X>) -> Result<T, E> {
        returned.map_err(E::from)
    }
}
