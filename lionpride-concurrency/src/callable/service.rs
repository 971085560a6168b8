//! With the feature `tower`, a callable that gives a `Result` is a [`Service`].
//!
//! An implementation for every `C: Callable<In>` is not allowed, since `Service` is another crate's.
//! So there is one for each type that is a callable, and `boxed.rs` has that of
//! [`BoxCallable`](super::BoxCallable), whose calls are boxed already. The guide's page tells users.

use std::task::{Context, Poll};

use futures::future::BoxFuture;
use tower_service::Service;

use super::{Awaited, Blocking, Callable, Inline, Nested, Placed, Put};
use crate::Pipeline;

macro_rules! service {
    ([$($P:ident),*] $Callable:ty) => {
        /// With the feature `tower`.
        impl<In, T, E, $($P),*> Service<In> for $Callable
        where
            Self: Callable<In, Output = Result<T, E>>,
        {
            type Response = T;
            type Error = E;
            // Boxed: on stable Rust nothing can name what `Callable::call` returns.
            type Future = BoxFuture<'static, Result<T, E>>;

            /// Always ready: what waits for a permit or a thread waits in the call.
            fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), E>> {
                Poll::Ready(Ok(()))
            }

            fn call(&mut self, request: In) -> Self::Future {
                Box::pin(Callable::call(self, request))
            }
        }
    };
}

service!([F, M] Awaited<F, M>);
service!([F, M] Blocking<F, M>);
service!([F, M] Inline<F, M>);
service!([C] Nested<C>);
service!([C] Placed<C>);
service!([C, D] Put<C, D>);
service!([F] Pipeline<In, F>);
