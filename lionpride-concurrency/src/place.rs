//! What the macros ask of a dispatcher that the user names.

use crate::crossing::Never;
use crate::{Limiter, OnDispatcher};

/// A dispatcher that a macro has found in the user's code. The marker `K` leaves open what it is
/// where it is none, as with [`Lent`](crate::crossing::Lent): the compiler has no more to say.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a dispatcher",
    label = "not a dispatcher",
    note = "a dispatcher says where a sync function runs: a `Limiter`, a `Dedicated`, a type of your \
            own that implements `Dispatcher`, or a `LazyLock` of one"
)]
pub trait Place<K> {
    /// The dispatcher.
    type Named: OnDispatcher + ?Sized;

    /// A handle to it, to be kept.
    fn dispatcher(&self) -> <Self::Named as OnDispatcher>::Dispatcher;

    /// The dispatcher itself, which is to be the same for every call. A constant is another one
    /// wherever it is written: a limit of it would limit nothing.
    fn standing(&'static self) -> &'static Self::Named;
}

/// Marker: it is a dispatcher.
#[derive(Debug)]
pub struct Found;

#[diagnostic::do_not_recommend]
impl<P: OnDispatcher + 'static> Place<Found> for P {
    type Named = P;

    fn dispatcher(&self) -> P::Dispatcher {
        OnDispatcher::dispatcher(self)
    }

    fn standing(&'static self) -> &'static P {
        self
    }
}

macro_rules! never {
    ($($marker:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<P: Never> Place<$marker> for P {
            type Named = Limiter;

            fn dispatcher(&self) -> Limiter {
                self.never()
            }

            fn standing(&'static self) -> &'static Limiter {
                self.never()
            }
        }
    )*};
}

never!((), [(); 0]);
