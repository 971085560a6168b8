//! Two ways of doing the same, timed in turns.

use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

/// How many rounds there are to be: `-- --rounds 5`.
pub(crate) fn rounds() -> usize {
    let args: Vec<String> = std::env::args().collect();
    let at = args.iter().position(|arg| arg == "--rounds");
    at.map_or(31, |at| args[at + 1].parse().expect("--rounds takes a number"))
}

#[allow(clippy::cast_precision_loss, reason = "counts are small")]
pub(crate) fn to_f64(count: u64) -> f64 {
    count as f64
}

/// A runtime of each flavour. Their pools keep their threads.
pub(crate) fn flavours() -> [(&'static str, Runtime); 2] {
    let idle = Duration::from_secs(60);
    [
        ("current_thread", Builder::new_current_thread().thread_keep_alive(idle).build().unwrap()),
        (
            "multi_thread of 2",
            Builder::new_multi_thread().worker_threads(2).thread_keep_alive(idle).build().unwrap(),
        ),
    ]
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The times of both, in turns: which comes first changes from round to round. The third is their
/// ratio.
pub(crate) fn compare(
    rounds: usize,
    mut one: impl FnMut() -> f64,
    mut other: impl FnMut() -> f64,
) -> [f64; 3] {
    let (mut ones, mut others, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        let (a, b) = if round % 2 == 0 {
            let a = one();
            (a, other())
        } else {
            let b = other();
            (one(), b)
        };
        ones.push(a);
        others.push(b);
        ratios.push(a / b);
    }
    [median(ones), median(others), median(ratios)]
}
