//! What the macros ask of a dispatcher that the user names.

use crate::crossing::Never;
use crate::{AsDispatcher, Pool};

/// A dispatcher that stands in what a macro was given. The marker `K` leaves open what it is where
/// it is none, as with [`Lent`](crate::crossing::Lent): the compiler has no more to say.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a dispatcher",
    label = "not a dispatcher",
    note = "blocking calls run on a `Limiter`, a `Dedicated`, a `Rayon`, a `LazyLock` of one of them, \
            or on what implements `lionpride_concurrency::Dispatcher`"
)]
pub trait Chosen<K> {
    /// The dispatcher.
    type Is: AsDispatcher + ?Sized;

    /// A handle of its own.
    fn handle(&self) -> <Self::Is as AsDispatcher>::Dispatcher;

    /// The dispatcher, the same for every call. A constant would be another one for each: a limit
    /// that limits nothing.
    fn standing(&'static self) -> &'static Self::Is;
}

/// Marker: it is a dispatcher.
#[derive(Debug)]
pub struct Found;

#[diagnostic::do_not_recommend]
impl<P: AsDispatcher> Chosen<Found> for P {
    type Is = P;

    fn handle(&self) -> P::Dispatcher {
        self.to_dispatcher()
    }

    fn standing(&'static self) -> &'static P {
        self
    }
}

macro_rules! never {
    ($($marker:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<P: Never> Chosen<$marker> for P {
            type Is = Pool;

            fn handle(&self) -> Pool {
                self.never()
            }

            fn standing(&'static self) -> &'static Pool {
                self.never()
            }
        }
    )*};
}

never!((), [(); 0]);
