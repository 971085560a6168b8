//! How many threads does a fresh runtime start for 10,000 tiny jobs at once?

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::join_all;

use crate::contenders::{Contender, Ours, Raw};
use crate::load::drive;
use crate::support::{Flavour, busy};

pub(crate) fn threads() {
    println!("\n{:<36} {:>9} {:>11}", "threads started by 10,000 at once", "cold", "warm");
    rows::<0>(Flavour::CurrentThread);
    rows::<1>(Flavour::MultiThread);
}

/// `SITE` makes call sites that have not been seen before.
fn rows<const SITE: usize>(flavour: Flavour) {
    row::<Ours, SITE>(flavour);
    row::<Raw, SITE>(flavour);
}

fn row<C: Contender, const SITE: usize>(flavour: Flavour) {
    let what = format!("{}, {}", C::NAME, flavour.name());
    let [cold, warm] = [(); 2].map(|()| started::<C, SITE>(flavour));
    println!("{what:<36} {cold:>9} {warm:>11}");
}

fn started<C: Contender, const SITE: usize>(flavour: Flavour) -> usize {
    let count = Arc::new(AtomicUsize::new(0));
    let started = Arc::clone(&count);
    let on_start = move || {
        started.fetch_add(1, Ordering::Relaxed);
    };
    let runtime = flavour.builder().on_thread_start(on_start).build().unwrap();
    drive(flavour, &runtime, async {
        join_all((0..10_000).map(|n| C::call(move || busy(n, 0)))).await;
    });
    // Waits for the threads: the last ones may still be starting.
    drop(runtime);
    let workers = if flavour == Flavour::MultiThread { 2 } else { 0 };
    count.load(Ordering::Relaxed) - workers
}
