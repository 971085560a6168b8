//! Thousands of calls that do at random all that a call can do, on every kind of runtime, under
//! every kind of limit. Whatever they do: afterwards everything is accounted for.
//!
//! - `SOAK_SECONDS=300 cargo test -p tests --test soak -- --nocapture` takes five minutes instead of
//!   five seconds;
//! - `SOAK_SEED=4711 cargo test -p tests --test soak` tries again what a failure names. The threads
//!   still run as they like.

mod bursts;
mod deeds;
mod random;
mod setting;
mod watchdog;
mod world;

use std::time::{Duration, Instant, SystemTime};

use self::setting::Setting;
use self::watchdog::Watchdog;

#[test]
fn everything_is_accounted_for() {
    quieten();
    let watchdog = Watchdog::new();
    if let Some(seed) = from_environment("SOAK_SEED") {
        setting::run(seed, &watchdog);
        return;
    }
    let begun = Instant::now();
    let length = Duration::from_secs(from_environment("SOAK_SECONDS").unwrap_or(5));
    let since_1970 = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let first = u64::try_from(since_1970.as_millis()).unwrap() * Setting::COUNT;
    let mut report = setting::Report::default();
    // Every setting once, even if that takes longer.
    for seed in first.. {
        if seed >= first + Setting::COUNT && begun.elapsed() >= length {
            break;
        }
        report += setting::run(seed, &watchdog);
    }
    eprintln!("{report:?} in {:?}", begun.elapsed());
    report.check();
}

fn from_environment(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} must be a number, not `{value}`")))
}

/// Work that meets a shutdown panics, and is right to: these panics are not worth a line each.
fn quieten() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let message = info.payload_as_str().unwrap_or_default();
        let shutdown = ["shut down", "shutting down", "being shutdown"];
        if !shutdown.iter().any(|word| message.contains(word)) {
            usual(info);
        }
    }));
}
