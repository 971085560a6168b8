//! The plan as a flowchart for Mermaid, which renders in Markdown on most forges.

use std::fmt::{self, Display, Formatter, Write};

use super::plan::{Colour, Plan, Stage, shown};

/// Writes the whole flowchart.
pub(super) struct Flowchart<'a>(pub(super) &'a Plan);

impl Display for Flowchart<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let stages = &self.0.stages;
        writeln!(f, "flowchart TD")?;
        let mut at = 0;
        while at < stages.len() {
            let Some(hop) = hop_of(&stages[at]) else {
                writeln!(f, "    {}", Node(at, &stages[at]))?;
                at += 1;
                continue;
            };
            writeln!(f, "    subgraph hop{hop}[\"hop {hop}\"]")?;
            while let Some(stage) = stages.get(at).filter(|stage| hop_of(stage) == Some(hop)) {
                writeln!(f, "        {}", Node(at, stage))?;
                at += 1;
            }
            writeln!(f, "    end")?;
        }
        f.write_str("    s1")?;
        (2..=stages.len()).try_for_each(|at| write!(f, " --> s{at}"))
    }
}

/// The hop that all of the stage runs in, if there is one.
fn hop_of(stage: &Stage) -> Option<usize> {
    (stage.colour != Colour::Async && stage.hops.len() == 1).then_some(stage.hops.start)
}

/// A stage at an index. Its shape tells its colour.
struct Node<'a>(usize, &'a Stage);

impl Display for Node<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(at, stage) = self;
        let (open, close) = match stage.colour {
            Colour::Sync => ("[", "]"),
            Colour::Inline => ("(", ")"),
            Colour::Async => ("([", "])"),
        };
        write!(f, "s{}{open}\"{}", at + 1, Label(&shown(stage.text)))?;
        if hop_of(stage).is_none() && !stage.hops.is_empty() {
            write!(f, "<br>{}", stage.place())?;
        }
        write!(f, "\"{close}")
    }
}

/// A text that Mermaid takes for a text: neither the end of a label nor HTML nor Markdown.
struct Label<'a>(&'a str);

impl Display for Label<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            ' ' | '(' | ')' | '?' | ',' | '.' | ':' | '|' => f.write_char(c),
            c if c.is_control() => f.write_char(' '),
            c if c.is_ascii_punctuation() && c != '_' => write!(f, "#{};", u32::from(c)),
            c => f.write_char(c),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Label;

    #[test]
    fn a_label_keeps_its_quotes_to_itself() {
        let label = Label("|s| s + \"#1;\\n\" < `b`\n*x* & _y").to_string();
        assert_eq!(label, "|s| s #43; #34;#35;1#59;#92;n#34; #60; #96;b#96; #42;x#42; #38; _y");
    }
}
