//! What does a call of `run_sync` cost beside the alternatives?
//!
//! ```sh
//! cargo bench -p lionpride-concurrency --bench hop      # all of it, in some minutes
//! cargo bench -p lionpride-concurrency --bench hop -- --rounds 5 --only '64 tasks' \
//!     --against raw,rayon --flavour multi --plot hop.svg
//! ```
//!
//! `--only memory` and `--only threads` print these tables alone.
//!
//! All contenders run in turns within one process, so that a busy machine slows them all. What
//! counts is the ratio of their times in one round, and its median over all rounds: by how much
//! the other takes longer. `-` is a contender that is left out: on the two threads of rayon, the
//! sleepers would take seconds.

#[path = "../support/mod.rs"]
mod support;

mod contenders;
mod load;
mod memory;
mod plot;
mod table;
mod threads;

use futures::stream::{self, StreamExt};
use lionpride_concurrency::{bounded_map, callable};
use tokio::task::spawn_blocking;

use self::contenders::{Contender, Limited, Ours, Permits, Raw, Rayon, TokioRayon, Unblock};
use self::load::{Load, Work, fifty, five, mixed, sleep, tiny};
use self::support::{Flavour, option, rounds};
use self::table::{Entry, Row, table};

/// `SITE` tells rows of the same work apart.
fn row<W: Work, const SITE: usize>(load: Load, what: &str, work: W) -> Row {
    let entries = vec![
        Entry::new::<Ours, W, SITE>(load, work),
        Entry::new::<Raw, W, SITE>(load, work),
        Entry::new::<Unblock, W, SITE>(load, work),
        Entry::new::<Rayon, W, SITE>(load, work),
        Entry::new::<TokioRayon, W, SITE>(load, work),
    ];
    Row { name: format!("{load}, {what}"), calls: load.calls(), entries }
}

/// Longer jobs, fewer calls.
fn sizes<const SITE: usize>(load: Load) -> [Row; 3] {
    [
        row::<_, SITE>(load, "tiny", tiny),
        row::<_, SITE>(load.part(2), "5 us", five),
        row::<_, SITE>(load.part(4), "50 us", fifty),
    ]
}

fn calls() -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(sizes::<0>(Load::AtOnce(10_000)));
    rows.extend(sizes::<1>(Load::Tasks(64, 156)));
    rows.extend(sizes::<2>(Load::Tasks(4, 2_500)));
    rows.extend(sizes::<3>(Load::InTurn(2_000)));
    let mut sleepers = row::<_, 0>(Load::AtOnce(100), "sleep 50 ms", sleep);
    // The two threads of rayon would sleep for seconds.
    sleepers.entries.truncate(3);
    // With 51 calls, each task sleeps at another moment.
    rows.extend([sleepers, row::<_, 0>(Load::Tasks(64, 51), "1 in 50 sleeps 5 ms", mixed)]);
    rows
}

fn limited<const SITE: usize>(load: Load) -> Row {
    let entries = vec![
        Entry::new::<Limited, _, SITE>(load, tiny),
        Entry::new::<Permits, _, SITE>(load, tiny),
    ];
    Row { name: format!("Limiter of 8, {load}"), calls: load.calls(), entries }
}

fn mapped() -> Row {
    const ITEMS: u64 = 10_000;
    let hop = |n| async move { spawn_blocking(move || tiny(n)).await.unwrap() };
    let by_hand = move || stream::iter(0..ITEMS).map(hop).buffered(64).collect::<Vec<u64>>();
    let entries = vec![
        Entry::of_all("bounded_map", || bounded_map(0..ITEMS, 64, callable!(tiny))),
        Entry::of_all(Permits::NAME, by_hand),
    ];
    Row { name: "bounded_map of 64, 10,000 items".into(), calls: ITEMS, entries }
}

fn patterns() -> Vec<Row> {
    vec![
        limited::<0>(Load::AtOnce(10_000)),
        limited::<1>(Load::Tasks(64, 156)),
        limited::<2>(Load::InTurn(2_000)),
        mapped(),
    ]
}

fn main() {
    let only = option("--only").unwrap_or_default();
    let wanted = |name: &str| name.contains(&only);
    let (mut calls, mut patterns) = (calls(), patterns());
    calls.retain(|row| wanted(&row.name));
    patterns.retain(|row| wanted(&row.name));
    if let Some(against) = option("--against") {
        let chosen = |name| name == Ours::NAME || against.split(',').any(|other| other == name);
        for row in &mut calls {
            row.entries.retain(|entry| chosen(entry.name));
        }
    }

    let mut panels = Vec::new();
    let flavour = option("--flavour").unwrap_or_default();
    for flavour in Flavour::ALL.into_iter().filter(|it| it.name().starts_with(&flavour)) {
        panels.push((flavour, table(flavour, rounds(), &calls)));
        table(flavour, rounds(), &patterns);
    }
    if wanted("memory") {
        memory::memory();
    }
    if wanted("threads") {
        threads::threads();
    }
    if let Some(path) = option("--plot") {
        plot::plot(&path, &panels).expect("the plot can be written");
    }
}
