//! A page of Markdown: its headings, and the blocks of code under each.

use std::fs;
use std::mem;
use std::path::Path;

pub(crate) struct Page {
    pub(crate) name: String,
    pub(crate) sections: Vec<Section>,
    /// Whether the last block of code has an end.
    pub(crate) is_closed: bool,
}

/// What is between two headings of a page. The first one, before any heading, has none.
#[derive(Default)]
pub(crate) struct Section {
    /// As rustdoc writes it in links.
    pub(crate) heading: String,
    /// The text, without the blocks of code.
    pub(crate) lines: Vec<String>,
    /// What the opening fence of each block of code says.
    pub(crate) fences: Vec<String>,
}

impl Page {
    pub(crate) fn read(path: &Path) -> Self {
        let name = path.file_stem().expect("a file").to_string_lossy().into_owned();
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}.md: {error}"));
        let (mut sections, mut section, mut is_code) = (Vec::new(), Section::default(), false);
        for line in text.lines() {
            if let Some(fence) = line.trim_start().strip_prefix("```") {
                if !is_code {
                    section.fences.push(fence.trim().to_owned());
                }
                is_code = !is_code;
            } else if is_code {
                // What looks like a heading there is a hidden line.
            } else if line.starts_with('#') {
                let heading = slug(line.trim_start_matches('#').trim());
                sections
                    .push(mem::replace(&mut section, Section { heading, ..Section::default() }));
            } else {
                section.lines.push(line.to_owned());
            }
        }
        sections.push(section);
        Self { name, sections, is_closed: !is_code }
    }

    pub(crate) fn section(&self, heading: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.heading == heading)
    }
}

/// What rustdoc makes of a heading.
fn slug(heading: &str) -> String {
    let character = |c: char| match c {
        c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c.to_ascii_lowercase()),
        c if c.is_whitespace() => Some('-'),
        _ => None,
    };
    heading.chars().filter_map(character).collect()
}
