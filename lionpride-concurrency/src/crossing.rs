//! How the arguments of a dispatched function come to the thread on which its body runs.
//!
//! An owned value just moves: [`Cross`] says so at the argument if it cannot. A borrowed one leaves
//! its lender behind: under `owned` its [`Keep`] is taken along, and lends it out again on the
//! other side.

use std::borrow::{Borrow, Cow};

use crate::RunSync;
use crate::run_sync::Work;

/// A value that can move to another thread.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be moved to another thread",
    label = "not `Send`, or borrows",
    note = "the body of a dispatched function runs on another thread, and its arguments go there; \
            `#[dispatch(inline)]` lets a cheap body stay"
)]
pub trait Cross {
    /// Named and not called: who names it asks whether values of this type may cross.
    fn may_cross() {}
}

impl<T: Send + 'static> Cross for T {}

/// A borrowed value that `owned` can take along: `&T`, `Cow<'_, T>`, and an `Option` of either.
#[diagnostic::on_unimplemented(
    message = "`owned` cannot make an owned value of `{Self}` and lend it out again",
    label = "borrowed in a way that `owned` does not know",
    note = "`owned` takes `&T`, `Cow<'_, T>` and an `Option` of either, where `T: ToOwned`; \
            take an owned type here, as `Vec<String>` for `&[&str]`"
)]
pub trait Lent {
    /// What crosses in its place.
    type Keep: Keep;

    /// Makes it owned.
    fn own(self) -> Self::Keep;
}

/// What an argument has become on its way, and lends again behind it.
pub trait Keep {
    /// The type of the argument, as a loan from here.
    type Loan<'a>
    where
        Self: 'a;

    /// The argument as the body sees it.
    fn lend(&self) -> Self::Loan<'_>;
}

/// Keeps a `&T`.
#[derive(Debug)]
pub struct KeepRef<T: ToOwned + ?Sized>(T::Owned);

impl<T: ToOwned + ?Sized> Lent for &T {
    type Keep = KeepRef<T>;

    fn own(self) -> KeepRef<T> {
        KeepRef(self.to_owned())
    }
}

impl<T: ToOwned + ?Sized> Keep for KeepRef<T> {
    type Loan<'a>
        = &'a T
    where
        Self: 'a;

    fn lend(&self) -> &T {
        self.0.borrow()
    }
}

/// Keeps a `Cow`.
#[derive(Debug)]
pub struct KeepCow<T: ToOwned + ?Sized>(T::Owned);

impl<T: ToOwned + ?Sized> Lent for Cow<'_, T> {
    type Keep = KeepCow<T>;

    fn own(self) -> KeepCow<T> {
        KeepCow(self.into_owned())
    }
}

impl<T: ToOwned + ?Sized> Keep for KeepCow<T> {
    type Loan<'a>
        = Cow<'a, T>
    where
        Self: 'a;

    fn lend(&self) -> Cow<'_, T> {
        Cow::Borrowed(self.0.borrow())
    }
}

impl<L: Lent> Lent for Option<L> {
    type Keep = Option<L::Keep>;

    fn own(self) -> Self::Keep {
        self.map(L::own)
    }
}

impl<K: Keep> Keep for Option<K> {
    type Loan<'a>
        = Option<K::Loan<'a>>
    where
        Self: 'a;

    fn lend(&self) -> Self::Loan<'_> {
        self.as_ref().map(K::lend)
    }
}

/// [`run_sync`](crate::run_sync), which leaves it to the declared type of the function to ask for a
/// [`Job`](crate::Job): what does not fit is said once, and there.
pub fn hop<W: Work + 'static>(work: W) -> RunSync<W> {
    RunSync::new(work)
}
