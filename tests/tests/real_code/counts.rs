//! What was found, as a table.

use std::collections::BTreeMap;
use std::fmt::{Display, Formatter, Result};

use crate::expansion::{ON_BLOCKS, ON_FUNCTIONS};
use crate::reasons::REASONS;
use crate::subject::Place;

/// What came out of one expansion.
pub(crate) enum Run {
    Accepted,
    /// The reasons, one for each message.
    Rejected(Vec<&'static str>),
}

const ACCEPTED: &str = "accepted";
const REJECTED: &str = "rejected";

#[derive(Default)]
pub(crate) struct Counts {
    files: usize,
    unparsed: Vec<String>,
    subjects: BTreeMap<Place, usize>,
    /// By row, whether it is about functions, and options.
    cells: BTreeMap<(&'static str, bool, String), usize>,
    /// By their first line, how often each is and where it was first: one mistake of the expander's
    /// shows in thousands of functions.
    problems: BTreeMap<String, (usize, String)>,
}

impl Counts {
    pub(crate) fn parsed(&mut self) {
        self.files += 1;
    }

    pub(crate) fn unparsed(&mut self, name: &str) {
        self.unparsed.push(name.to_owned());
    }

    pub(crate) fn subject(&mut self, place: Place) {
        *self.subjects.entry(place).or_default() += 1;
    }

    pub(crate) fn run(&mut self, place: Place, options: &str, run: &Run) {
        let mut count = |row| {
            let cell = (row, place.is_function(), options.to_owned());
            *self.cells.entry(cell).or_default() += 1;
        };
        match run {
            Run::Accepted => count(ACCEPTED),
            Run::Rejected(reasons) => {
                count(REJECTED);
                reasons.iter().copied().for_each(count);
            }
        }
    }

    pub(crate) fn problem(&mut self, place: &str, problem: &str) {
        let kind = problem.lines().next().unwrap_or_default().to_owned();
        self.problems.entry(kind).or_insert((0, format!("{place}\n{problem}"))).0 += 1;
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.files += other.files;
        self.unparsed.extend(other.unparsed);
        for (place, n) in other.subjects {
            *self.subjects.entry(place).or_default() += n;
        }
        for (cell, n) in other.cells {
            *self.cells.entry(cell).or_default() += n;
        }
        for (kind, (n, first)) in other.problems {
            self.problems.entry(kind).or_insert((0, first)).0 += n;
        }
    }

    pub(crate) fn functions(&self) -> usize {
        let functions = self.subjects.iter().filter(|(place, _)| place.is_function());
        functions.map(|(_, n)| n).sum()
    }

    pub(crate) fn assert_no_problem(&self) {
        let show = |(n, first): &(usize, String)| format!("{n} times, first in {first}");
        let problems: Vec<_> = self.problems.values().map(show).collect();
        assert!(problems.is_empty(), "problems:\n{}", problems.join("\n\n"));
    }

    fn row(&self, f: &mut Formatter<'_>, row: &'static str) -> Result {
        write!(f, "{row:32}")?;
        for (on_functions, options) in columns() {
            let n = self.cells.get(&(row, on_functions, options.to_owned())).unwrap_or(&0);
            write!(f, "{n:>13}")?;
        }
        writeln!(f)
    }
}

impl Display for Counts {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        writeln!(f, "{} files, {} more are no Rust to syn", self.files, self.unparsed.len())?;
        self.unparsed.iter().try_for_each(|name| writeln!(f, "    {name}"))?;
        for (place, name) in Place::ALL {
            writeln!(f, "{} {name}", self.subjects.get(&place).unwrap_or(&0))?;
        }
        write!(f, "{} functions\n\n{:32}", self.functions(), "")?;
        for (on_functions, options) in columns() {
            let what = if on_functions { "fn" } else { "block" };
            write!(f, "{:>13}", format!("{what}({options})"))?;
        }
        writeln!(f)?;
        let reasons = REASONS.iter().map(|reason| reason.name);
        [ACCEPTED, REJECTED].into_iter().chain(reasons).try_for_each(|row| self.row(f, row))
    }
}

fn columns() -> impl Iterator<Item = (bool, &'static str)> {
    let on_functions = ON_FUNCTIONS.iter().map(|&options| (true, options));
    on_functions.chain(ON_BLOCKS.iter().map(|&options| (false, options)))
}
