//! The ways to have a blocking job done and to await what it returns.

use std::future::Future;

use lionpride_concurrency::{Limiter, run_sync};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::spawn_blocking;

pub(crate) trait Contender: Send + 'static {
    const NAME: &'static str;

    /// Starts when it is first polled.
    fn call<T, F>(job: F) -> impl Future<Output = T> + Send
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static;
}

/// `contender!(Type, "name", |job| future)`
macro_rules! contender {
    ($type:ident, $name:literal, |$job:ident| $future:expr) => {
        pub(crate) struct $type;

        impl Contender for $type {
            const NAME: &'static str = $name;

            fn call<T, F>($job: F) -> impl Future<Output = T> + Send
            where
                T: Send + 'static,
                F: FnOnce() -> T + Send + 'static,
            {
                $future
            }
        }
    };
}

contender!(Ours, "run_sync", |job| run_sync(job));

contender!(Raw, "raw", |job| async { spawn_blocking(job).await.unwrap() });

contender!(Unblock, "unblock", |job| async { blocking::unblock(job).await });

contender!(Rayon, "rayon", |job| async {
    let (done, result) = oneshot::channel();
    rayon::spawn(move || {
        let _ = done.send(job());
    });
    result.await.unwrap()
});

contender!(TokioRayon, "tokio_rayon", |job| async { tokio_rayon::spawn(job).await });

contender!(Limited, "Limiter", |job| {
    static LIMITER: Limiter = Limiter::new("bench", 8);
    run_sync(job).on(&LIMITER)
});

contender!(Permits, "by hand", |job| async {
    static PERMITS: Semaphore = Semaphore::const_new(8);
    let permit = PERMITS.acquire().await.unwrap();
    let job = move || {
        let _permit = permit;
        job()
    };
    spawn_blocking(job).await.unwrap()
});
