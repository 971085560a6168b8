//! What a pipeline does, to be read by a person.

use std::fmt;
use std::ops::Range;

use super::seams::Seams;

/// What becomes of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Runs on the blocking pool.
    Sync,
    /// Is awaited in place.
    Async,
    /// Is called in place.
    Inline,
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Sync => "sync",
            Self::Async => "async",
            Self::Inline => "inline",
        })
    }
}

/// One line of the plan.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) text: &'static str,
    pub(super) colour: Colour,
    /// The hops it takes part in, counted from 1 through the pipeline.
    pub(super) hops: Range<usize>,
}

impl Stage {
    /// Where it runs.
    pub(super) fn place(&self) -> String {
        match self.hops.len() {
            0 => "in place".to_owned(),
            1 => format!("hop {}", self.hops.start),
            _ => format!("hops {} to {}", self.hops.start, self.hops.end - 1),
        }
    }
}

/// The stages in their order, and the hops that one call makes.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) stages: Vec<Stage>,
    pub(super) hops: usize,
    /// What all of them together do with the work around them.
    pub(super) seams: Seams,
    /// Whether there is a `?`.
    is_fallible: bool,
}

impl Plan {
    pub(super) fn new(is_fallible: bool) -> Self {
        Self { stages: Vec::new(), hops: 0, seams: Seams::INLINE, is_fallible }
    }

    /// Whether work waits behind the stages so far.
    pub(super) fn is_waiting(&self) -> bool {
        self.seams.leave(false)
    }

    /// Adds a stage, which makes `hops` hops by itself.
    pub(super) fn add(&mut self, text: &'static str, colour: Colour, seams: Seams, hops: usize) {
        let shared = usize::from(self.is_waiting() && seams.joins);
        let first = self.hops + 1 - shared;
        self.hops += hops.saturating_sub(shared);
        self.seams = self.seams.then(seams);
        self.stages.push(Stage { text, colour, hops: first..self.hops + 1 });
    }

    /// The index and text of the stage that a call's error is from: the `?` stage that is `noted`,
    /// or the last stage, whose result is the call's.
    pub(super) fn stopped_by(&self, noted: usize) -> (usize, &'static str) {
        let last = self.stages.len().saturating_sub(1);
        let index = if self.is_fallible { noted.min(last) } else { last };
        (index, self.stages.get(index).map_or("", |stage| stage.text))
    }
}

/// The longest text of a stage that the plan shows whole, in characters.
const LONGEST_TEXT: usize = 60;

pub(super) fn shown(text: &str) -> String {
    if text.chars().count() <= LONGEST_TEXT {
        return text.to_owned();
    }
    text.chars().take(LONGEST_TEXT - 2).chain("..".chars()).collect()
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.stages.iter().map(|stage| shown(stage.text)).collect();
        let width = texts.iter().map(|text| text.chars().count()).max().unwrap_or(0);
        let digits = self.stages.len().to_string().len();
        for (at, (stage, text)) in self.stages.iter().zip(&texts).enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            let (colour, place) = (stage.colour, stage.place());
            write!(f, "{:>digits$}. {text:<width$}  {colour:<6}  {place}", at + 1)?;
        }
        Ok(())
    }
}
