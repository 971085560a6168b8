//! The stage `join(f, g, ..)`: several functions, called with the same input at once.

use std::future::{self, Future};
use std::marker::PhantomData;
use std::pin::pin;
use std::task::Poll;

use futures::future::try_maybe_done;

use super::flow::{Done, Flow, Given};
use super::outcome::{Outcome, Question};
use super::plan::Colour;
use super::site::Site;
use super::step::{Stage, Step};
use crate::Callable;

/// What `join` can give to several functions.
#[diagnostic::on_unimplemented(
    message = "`join` gives a clone of its input to each function, and `{Self}` is not `Clone`",
    label = "gets a `{Self}`, which is not `Clone`",
    note = "an `Arc` of it is"
)]
pub trait Copied {
    /// A clone.
    fn copied(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> Copied for T {
    fn copied(&self) -> T {
        self.clone()
    }
}

/// How a `T` is cloned. Whoever holds it need not ask again whether that can be done, so that one
/// mistake gives one error.
#[derive(Debug)]
pub struct Copies<T>(pub(super) fn(&T) -> T);

/// The stage `join(f, g, ..)`: its arms are `(f, outcome)` each.
pub struct Join<T, A, E> {
    copies: Copies<T>,
    arms: A,
    error: PhantomData<fn() -> E>,
}

impl<T, A, E> Join<T, A, E> {
    pub(super) fn new(copies: Copies<T>, arms: A) -> Self {
        Self { copies, arms, error: PhantomData }
    }
}

impl<T, A: Arms<T, E>, E> Stage<T> for Join<T, A, E> {
    type Returned = Result<A::Values, E>;

    /// Async if an arm is, inline if all are.
    fn colour(&self) -> Colour {
        self.arms.colour()
    }

    fn hops(&self) -> usize {
        self.arms.hops()
    }
}

/// It settles the work before it, and calls each function with a clone.
impl<B, A> Step<B, Question> for Join<B::Value, A, B::Error>
where
    B: Flow,
    A: Arms<B::Value, B::Error> + Send + Sync + 'static,
{
    type Next = Given<A::Values, B::Error>;

    async fn step(&self, before: B, site: &Site) -> Done<Self::Next, B::Error> {
        let value = before.settle(*site).await?;
        let all = self.arms.all(value, self.copies.0, site.text());
        site.watched(all).await.map(Given::Value).map_err(|error| site.stop(error))
    }
}

/// The arms of a join: a tuple of 2 to 8.
pub trait Arms<T, E> {
    /// The tuple of what they give.
    type Values: Send + 'static;

    fn colour(&self) -> Colour;

    fn hops(&self) -> usize;

    /// Calls all of them at once, in hops of the name `name`. The first error drops the others, and
    /// so does a panic.
    fn all(
        &self,
        input: T,
        copy: fn(&T) -> T,
        name: &'static str,
    ) -> impl Future<Output = Result<Self::Values, E>> + Send;
}

async fn call<S, T, O, E>(stage: &S, input: T, name: &'static str) -> Result<O::Value, E>
where
    S: Callable<T>,
    O: Outcome<S::Output, E>,
{
    O::judge(stage.call_named(input, name).await)
}

fn together(one: Colour, other: Colour) -> Colour {
    match (one, other) {
        (Colour::Async, _) | (_, Colour::Async) => Colour::Async,
        (Colour::Inline, Colour::Inline) => Colour::Inline,
        _ => Colour::Sync,
    }
}

macro_rules! arms {
    ($($S:ident $O:ident $s:ident)* ; $Last:ident $LastO:ident $last:ident) => {
        impl<T, E, $($S, $O,)* $Last, $LastO> Arms<T, E> for ($(($S, $O),)* ($Last, $LastO),)
        where
            T: Send + 'static,
            E: Send + 'static,
            $($S: Callable<T> + Stage<T>, $O: Outcome<$S::Output, E>,)*
            $Last: Callable<T> + Stage<T>,
            $LastO: Outcome<$Last::Output, E>,
        {
            type Values = ($($O::Value,)* $LastO::Value,);

            fn colour(&self) -> Colour {
                let ($(($s, _),)* ($last, _),) = self;
                let colour = Stage::<T>::colour($last);
                $(let colour = together(colour, Stage::<T>::colour($s));)*
                colour
            }

            fn hops(&self) -> usize {
                let ($(($s, _),)* ($last, _),) = self;
                Callable::<T>::hops($last) $(+ Callable::<T>::hops($s))*
            }

            async fn all(
                &self,
                input: T,
                copy: fn(&T) -> T,
                name: &'static str,
            ) -> Result<Self::Values, E> {
                let ($(($s, _),)* ($last, _),) = self;
                $(let mut $s = pin!(try_maybe_done(call::<$S, T, $O, E>($s, copy(&input), name)));)*
                let mut $last =
                    pin!(try_maybe_done(call::<$Last, T, $LastO, E>($last, input, name)));
                future::poll_fn(|cx| {
                    let mut is_done = true;
                    $(is_done &= $s.as_mut().poll(cx)?.is_ready();)*
                    is_done &= $last.as_mut().poll(cx)?.is_ready();
                    if is_done { Poll::Ready(Ok(())) } else { Poll::Pending }
                })
                .await?;
                let done = "each arm is done";
                Ok((
                    $($s.as_mut().take_output().expect(done),)*
                    $last.as_mut().take_output().expect(done),
                ))
            }
        }
    };
}

arms!(A OA a ; Z OZ z);
arms!(A OA a  B OB b ; Z OZ z);
arms!(A OA a  B OB b  C OC c ; Z OZ z);
arms!(A OA a  B OB b  C OC c  D OD d ; Z OZ z);
arms!(A OA a  B OB b  C OC c  D OD d  F OF f ; Z OZ z);
arms!(A OA a  B OB b  C OC c  D OD d  F OF f  G OG g ; Z OZ z);
arms!(A OA a  B OB b  C OC c  D OD d  F OF f  G OG g  H OH h ; Z OZ z);
