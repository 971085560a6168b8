//! When to stop.

use std::io;

use lionpride_concurrency::sleep;

/// Ends on ctrl-c, on SIGTERM, and after that many seconds. It listens to the signals from now on.
pub(crate) fn told_or_after(seconds: f64) -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let told = told()?;
    Ok(async move {
        tokio::select! {
            () = told => {}
            () = sleep(seconds) => {}
        }
        tracing::info!("stopping");
    })
}

#[cfg(unix)]
fn told() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(windows)]
fn told() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move { drop(interrupt.recv().await) })
}
