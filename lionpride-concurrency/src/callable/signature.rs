//! What can be called with what: functions of 0 to 8 arguments, and values that are callables.
//!
//! A marker keeps the implementations apart, and inference finds it: each type that can be called
//! with an `In` has exactly one.

use std::future::Future;
use std::sync::Arc;

use super::Callable;
use crate::{Job, Route, RunSync, run_sync};

/// Marker: a function of one argument, which is the input as it is.
#[derive(Debug)]
pub struct Unary;

/// Marker: a function of no argument or of several; the input is the tuple of them.
#[derive(Debug)]
pub struct Spread;

/// Marker: a value that is a [`Callable`] already.
#[derive(Debug)]
pub struct Ready;

/// What a [`Callable`] returns to those who look for its colour: it knows itself.
#[derive(Debug)]
pub struct KnowsItself;

/// Something that can be called with an `In`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be called with `{In}`",
    label = "takes something else than `{In}`",
    note = "a function of one argument takes it as it is, a function of several takes a tuple"
)]
pub trait Signature<In, M> {
    /// What the call returns, before anything is awaited.
    type Returns;
}

/// A [`Signature`] that is called with its input at once.
pub trait Apply<In, M>: Signature<In, M> {
    /// Calls the function.
    fn apply(&self, input: In) -> Self::Returns;

    /// Calls the function in a hop, of the name `name` if it has none.
    fn hop(
        function: Arc<Self>,
        input: In,
        name: Option<&'static str>,
    ) -> impl Future<Output = Self::Returns> + Send + Unpin + 'static
    where
        Self: Send + Sync + Sized + 'static,
        Self::Returns: Send + 'static,
        In: Send + 'static,
        M: 'static,
    {
        run_sync(move || function.apply(input)).or_named(name)
    }
}

impl<C: Callable<In>, In> Signature<In, Ready> for C {
    type Returns = KnowsItself;
}

impl<F: Fn(A) -> R, A, R> Signature<A, Unary> for F {
    type Returns = R;
}

impl<F: Fn(A) -> R, A, R> Apply<A, Unary> for F {
    fn apply(&self, input: A) -> R {
        self(input)
    }
}

macro_rules! spread {
    ($($A:ident)*) => {
        impl<F: Fn($($A),*) -> R, $($A,)* R> Signature<($($A,)*), Spread> for F {
            type Returns = R;
        }

        impl<F: Fn($($A),*) -> R, $($A,)* R> Apply<($($A,)*), Spread> for F {
            #[allow(non_snake_case, reason = "the arguments are named after their types")]
            fn apply(&self, ($($A,)*): ($($A,)*)) -> R {
                self($($A),*)
            }
        }
    };
}

spread!();
spread!(A B);
spread!(A B C);
spread!(A B C D);
spread!(A B C D E);
spread!(A B C D E G);
spread!(A B C D E G H);
spread!(A B C D E G H I);

/// A function that returns [`RunSync`], called without the hop: whoever holds it hops for it.
#[derive(Debug)]
pub struct Unhopped<F>(pub(super) F);

#[diagnostic::do_not_recommend]
impl<F, In, M, J, D> Signature<In, M> for Unhopped<F>
where
    F: Signature<In, M, Returns = RunSync<J, D>>,
    J: Job,
    D: Route,
{
    type Returns = J::Output;
}

impl<F, In, M, J, D> Apply<In, M> for Unhopped<F>
where
    F: Apply<In, M> + Signature<In, M, Returns = RunSync<J, D>>,
    J: Job,
    D: Route,
{
    fn apply(&self, input: In) -> J::Output {
        self.0.apply(input).run_inline()
    }

    /// The function hops by itself, under its own name.
    fn hop(
        function: Arc<Self>,
        input: In,
        name: Option<&'static str>,
    ) -> impl Future<Output = J::Output> + Send + Unpin + 'static
    where
        Self: Send + Sync + 'static,
        In: Send + 'static,
        M: 'static,
    {
        function.0.apply(input).or_named(name)
    }
}
