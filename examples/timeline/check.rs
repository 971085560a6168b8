//! The claims of this example: where the stages run and in how many hops, never how long they take.

use std::thread::ThreadId;

use roxmltree::Document as Xml;

use crate::job::{ASYNC, STAGES};
use crate::record::{Bar, Run};

/// What is so in each of the three ways.
fn is_whole(run: &Run, worker: ThreadId) {
    for item in 1u8.. {
        let stages: Vec<_> =
            run.bars.iter().filter(|bar| bar.item == item).map(|bar| bar.stage).collect();
        if stages.is_empty() {
            assert_eq!(usize::from(item - 1), run.results.len(), "each item is there");
            break;
        }
        assert_eq!(stages, STAGES, "the stages of item {item}, once and in order");
    }
    for bar in run.bars.iter().filter(|bar| bar.is_async()) {
        assert_eq!(bar.threads, [worker; 2], "an async stage is awaited on the worker");
    }
    for lane in run.lanes() {
        let follows = |pair: &[&Bar]| pair[0].until <= pair[1].from;
        assert!(run.lane(lane).windows(2).all(follows), "a thread does one thing at a time");
    }
}

fn sync_bars(run: &Run) -> impl Iterator<Item = &Bar> {
    run.bars.iter().filter(|bar| !bar.is_async())
}

/// Blocking calls inline: everything is in the worker's lane, and nothing else is while they run.
pub(crate) fn blocks_the_worker(run: &Run, worker: ThreadId) {
    is_whole(run, worker);
    assert_eq!(run.lanes(), [worker], "the worker does all of it");
    assert_eq!(run.counted, 0, "nothing hops");
    for bar in sync_bars(run) {
        let held_up = run.ticks.iter().all(|tick| *tick <= bar.from || bar.until <= *tick);
        assert!(held_up, "no other task runs during {} of item {}", bar.stage, bar.item);
    }
}

/// A hop leaves the worker, and stays on one thread.
fn leaves_the_worker(run: &Run, worker: ThreadId) {
    for bar in sync_bars(run) {
        assert_ne!(bar.threads[0], worker, "{} does not block the worker", bar.stage);
        assert_eq!(bar.threads[0], bar.threads[1], "{} stays where it is", bar.stage);
    }
}

/// One hop a stage: as many hops as sync stages.
pub(crate) fn hops_each_stage(run: &Run, worker: ThreadId) {
    is_whole(run, worker);
    leaves_the_worker(run, worker);
    let stages = sync_bars(run).count();
    assert_eq!(usize::try_from(run.counted), Ok(stages), "one hop a sync stage");
}

/// Fused: neighbours lie back to back in one lane, and nothing of another item is between them.
pub(crate) fn hops_once_for_neighbours(run: &Run, worker: ThreadId, planned: usize) {
    is_whole(run, worker);
    leaves_the_worker(run, worker);
    let expected: Vec<&[&str]> = STAGES.split(|stage| *stage == ASYNC).collect();
    assert_eq!(expected.len(), planned, "the plan has a hop for each group of neighbours");
    let lanes = run.lanes().into_iter();
    let mut hops: Vec<_> = lanes.flat_map(|lane| run.hops(&run.lane(lane))).collect();
    assert_eq!(hops.len(), run.results.len() * planned, "as many hops as planned, for each item");
    assert_eq!(usize::try_from(run.counted), Ok(hops.len()), "no hop that is not seen");
    hops.sort_by(|a, b| (a[0].item).cmp(&b[0].item).then(a[0].from.total_cmp(&b[0].from)));
    for (hop, expected) in hops.iter().zip(expected.iter().cycle()) {
        let stages: Vec<_> = hop.iter().map(|bar| bar.stage).collect();
        assert_eq!(stages, *expected, "neighbours share a hop");
    }
}

/// Whichever way, the same comes of it.
pub(crate) fn agree(runs: &[Run]) {
    for pair in runs.windows(2) {
        assert!(pair[0].results == pair[1].results, "the same job gives the same results");
    }
}

/// The picture is well-formed, shows every stage, and stands on its own.
pub(crate) fn shows_every_stage(svg: &str, runs: &[Run]) {
    let picture = Xml::parse(svg).expect("the SVG is well-formed");
    let bars = picture.descendants().filter(|node| {
        node.attribute("class").is_some_and(|class| class.split(' ').any(|word| word == "bar"))
    });
    let ran: usize = runs.iter().map(|run| run.bars.len()).sum();
    assert_eq!(bars.count(), ran, "a bar for each stage that ran");
    assert!(!svg.contains("\n\n"), "Markdown takes what follows an empty line for text");
}
