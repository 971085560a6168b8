//! How the arguments of a dispatched function come to the thread on which its body runs.
//!
//! An owned value just moves: [`Cross`] says so at the argument if it cannot. A borrowed one leaves
//! its lender behind: under `owned`, [`Lent`] makes an owned value of it that is taken along, and
//! [`Lend`] lends that out again on the other side.

use std::borrow::{Borrow, Cow};
use std::marker::PhantomData;

use tokio::task::LocalKey;

use crate::run_sync::Work;
use crate::{Pool, RunSync};

/// A value that can move to another thread.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be moved to another thread",
    label = "not `Send`, or borrows",
    note = "the body of a dispatched function runs on another thread, and its arguments go there; \
            `#[dispatch(inline)]` lets a cheap body stay"
)]
pub trait Cross: Sized {
    /// Named and not called: who names it asks whether values of this type may cross.
    fn may_cross() {}

    /// The value, unchanged, and the same question.
    #[must_use]
    fn cross(self) -> Self {
        self
    }
}

impl<T: Send + 'static> Cross for T {}

/// A value that can, as far as its thread is concerned: where a generic one borrows, the whole
/// function says so.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be moved to another thread",
    label = "not `Send`",
    note = "the body of a dispatched function runs on another thread, and its arguments go there; \
            `#[dispatch(inline)]` lets a cheap body stay"
)]
pub trait Sends: Sized {
    /// Named and not called: who names it asks whether values of this type may cross.
    fn may_cross() {}

    /// The value, unchanged, and the same question.
    #[must_use]
    fn cross(self) -> Self {
        self
    }

    /// Asks it of a value whose type cannot be named.
    fn ask(&self) {}
}

impl<T: Send> Sends for T {}

/// A borrowed value that `owned` can take along: `&T`, `Cow<'_, T>`, and an `Option` of either.
/// `K` is what crosses in its place, and `L` lends it out again on the other side.
///
/// They are parameters and no associated types, and there is more than one implementation for
/// every type, so that the compiler does not know them where a type cannot be lent: it has no more
/// to say than that.
#[diagnostic::on_unimplemented(
    message = "`owned` cannot make an owned copy of `{Self}`",
    label = "not `Clone`, or borrowed in a way that `owned` does not know",
    note = "`owned` takes `&T`, `Cow<'_, T>` and an `Option` of either, where `T` is `Clone` \
            (write `#[derive(Clone)]` on it) or `ToOwned`; or take an owned type, as `Vec<String>` \
            for `Vec<&str>` and `Arc<T>` for `&T`"
)]
pub trait Lent<K, L> {
    /// Makes it owned.
    fn own(self) -> (K, L);
}

/// What nothing is: the implementations for it are there to be considered and never chosen.
pub trait Never {
    /// Cannot be called.
    fn never<T>(&self) -> T;
}

#[diagnostic::do_not_recommend]
impl<B: Never> Lent<(), ()> for B {
    fn own(self) -> ((), ()) {
        self.never()
    }
}

#[diagnostic::do_not_recommend]
impl<B: Never> Lent<(), [(); 0]> for B {
    fn own(self) -> ((), [(); 0]) {
        self.never()
    }
}

/// What `locals` can carry: a task-local with a `T` that can be cloned and sent. Where that is not
/// so, the compiler has no more to say, as with [`Lent`].
#[diagnostic::on_unimplemented(
    message = "`locals` cannot carry a `{Self}`",
    label = "not a task-local with a value that is `Clone + Send + 'static`",
    note = "`locals` takes what `tokio::task_local!` declares, and sends a clone of its value"
)]
pub trait Carried<T: 'static> {
    /// The task-local itself.
    fn key(&'static self) -> &'static LocalKey<T>;
}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + 'static> Carried<T> for LocalKey<T> {
    fn key(&'static self) -> &'static LocalKey<T> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<L: Never> Carried<()> for L {
    fn key(&'static self) -> &'static LocalKey<()> {
        self.never()
    }
}

#[diagnostic::do_not_recommend]
impl<L: Never> Carried<[(); 0]> for L {
    fn key(&'static self) -> &'static LocalKey<[(); 0]> {
        self.never()
    }
}

/// How a `K` is lent.
pub trait Lend<K> {
    /// The type of the argument, as a loan from here.
    type Loan<'a>
    where
        Self: 'a,
        K: 'a;

    /// The argument as the body sees it.
    fn lend<'a>(&'a self, kept: &'a K) -> Self::Loan<'a>;
}

/// Lends a `&T`.
#[derive(Debug)]
pub struct ByRef<T: ?Sized>(PhantomData<fn(&T)>);

#[diagnostic::do_not_recommend]
impl<T: ToOwned + ?Sized> Lent<T::Owned, ByRef<T>> for &T {
    fn own(self) -> (T::Owned, ByRef<T>) {
        (self.to_owned(), ByRef(PhantomData))
    }
}

impl<K: Borrow<T>, T: ?Sized> Lend<K> for ByRef<T> {
    type Loan<'a>
        = &'a T
    where
        Self: 'a,
        K: 'a;

    fn lend<'a>(&'a self, kept: &'a K) -> &'a T {
        kept.borrow()
    }
}

/// Lends a `Cow`.
#[derive(Debug)]
pub struct ByCow<T: ?Sized>(PhantomData<fn(&T)>);

#[diagnostic::do_not_recommend]
impl<T: ToOwned + ?Sized> Lent<T::Owned, ByCow<T>> for Cow<'_, T> {
    fn own(self) -> (T::Owned, ByCow<T>) {
        (self.into_owned(), ByCow(PhantomData))
    }
}

impl<K: Borrow<T>, T: ToOwned + ?Sized> Lend<K> for ByCow<T> {
    type Loan<'a>
        = Cow<'a, T>
    where
        Self: 'a,
        K: 'a;

    fn lend<'a>(&'a self, kept: &'a K) -> Cow<'a, T> {
        Cow::Borrowed(kept.borrow())
    }
}

/// Lends what may not be there.
#[derive(Debug)]
pub struct ByOption<L>(Option<L>);

#[diagnostic::do_not_recommend]
impl<B: Lent<K, L>, K, L> Lent<Option<K>, ByOption<L>> for Option<B> {
    fn own(self) -> (Option<K>, ByOption<L>) {
        let (kept, lender) = self.map(B::own).unzip();
        (kept, ByOption(lender))
    }
}

impl<K, L: Lend<K>> Lend<Option<K>> for ByOption<L> {
    type Loan<'a>
        = Option<L::Loan<'a>>
    where
        Self: 'a,
        Option<K>: 'a;

    fn lend<'a>(&'a self, kept: &'a Option<K>) -> Self::Loan<'a> {
        Some(self.0.as_ref()?.lend(kept.as_ref()?))
    }
}

/// [`run_sync`](crate::run_sync), which leaves it to the declared type of the function to ask for a
/// [`Job`](crate::Job): what does not fit is said once, and there.
pub fn hop<W: Work + 'static>(name: &'static str, work: W) -> RunSync<W> {
    RunSync::new(work, Pool).named(name)
}
