//! The guide: every page is part of the documentation, every example in it is compiled, and the page
//! for those who come from Python is complete and leads to places that exist.

mod page;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use page::Page;

/// How many examples the document of the Python module has.
const EXAMPLES: usize = 39;

/// How many names the Python module exports.
const NAMES: usize = 37;

/// What the fence of a block may say: nothing, and it is compiled and run; or one of these.
const FENCES: [&str; 6] = ["", "compile_fail", "should_panic", "text", "toml", "sh"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").to_owned()
}

fn sources() -> PathBuf {
    root().join("lionpride-concurrency/src")
}

fn pages() -> Vec<Page> {
    let folder = fs::read_dir(sources().join("docs")).expect("the pages are there");
    let paths = folder.map(|entry| entry.expect("a page").path());
    // There is a picture, too.
    let pages = paths.filter(|path| path.extension().is_some_and(|end| end == "md"));
    pages.map(|path| Page::read(&path)).collect()
}

fn from_lionpride() -> Page {
    Page::read(&sources().join("docs/from_lionpride.md"))
}

/// What is between the bars of each row under a heading, without the head of the table.
fn rows(page: &Page, heading: &str) -> Vec<Vec<String>> {
    let section = page.section(heading).expect("the heading of the table");
    let rows = section.lines.iter().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

/// The pages and headings that links in a text lead to.
fn links(text: &str) -> Vec<(&str, &str)> {
    let targets = text.split("](crate::guide::").skip(1);
    let targets = targets.filter_map(|rest| rest.split_once(')').map(|(target, _)| target));
    targets.filter_map(|target| target.split_once('#')).collect()
}

fn find<'a>(pages: &'a [Page], (name, heading): (&str, &str)) -> &'a page::Section {
    let page = pages.iter().find(|page| page.name == name);
    let page = page.unwrap_or_else(|| panic!("the guide has no page `{name}`"));
    page.section(heading).unwrap_or_else(|| panic!("`{name}` has no heading `{heading}`"))
}

#[test]
fn every_page_is_part_of_the_documentation() {
    let root = fs::read_to_string(sources().join("lib.rs")).expect("lib.rs");
    for Page { name, .. } in pages() {
        for line in [
            format!("    #[doc = include_str!(\"docs/{name}.md\")]\n"),
            format!("    pub mod {name} {{}}\n"),
        ] {
            assert!(root.contains(&line), "`lib.rs` does not include docs/{name}.md:\n{line}");
        }
    }
}

#[test]
fn every_example_is_compiled() {
    for page in pages() {
        for section in &page.sections {
            for fence in &section.fences {
                let Page { name, .. } = &page;
                assert!(FENCES.contains(&fence.as_str()), "{name}.md has a block of `{fence}`");
            }
        }
        assert!(page.is_closed, "the last block of {}.md has no end", page.name);
    }
}

#[test]
fn every_link_to_a_heading_leads_to_one() {
    let pages = pages();
    for page in &pages {
        let headings: BTreeSet<_> = page.sections.iter().map(|section| &section.heading).collect();
        assert_eq!(headings.len(), page.sections.len(), "{}.md: a heading twice", page.name);
        for line in page.sections.iter().flat_map(|section| &section.lines) {
            for link in links(line) {
                find(&pages, link);
            }
        }
    }
}

#[test]
fn every_example_of_the_python_document_has_a_counterpart() {
    let pages = pages();
    let rows = rows(&from_lionpride(), "its-document-example-by-example");
    let numbers: Vec<_> = rows.iter().map(|row| row[0].clone()).collect();
    assert_eq!(numbers, (1..=EXAMPLES).map(|n| n.to_string()).collect::<Vec<_>>());
    for row in rows {
        let [number, section, shows, here] = &row[..] else { panic!("four cells: {row:?}") };
        assert!(!section.is_empty() && !shows.is_empty(), "row {number} says nothing");
        let places = links(here);
        assert!(!places.is_empty(), "row {number} leads nowhere: {here}");
        for place in places {
            let has_code = find(&pages, place).fences.iter().any(|fence| is_rust(fence));
            assert!(has_code, "row {number}: there is no code under {place:?}");
        }
        for example in here.split("example `").skip(1).filter_map(|rest| rest.split('`').next()) {
            let main = root().join("examples").join(example).join("main.rs");
            assert!(main.is_file(), "row {number}: there is no example `{example}`");
        }
    }
}

fn is_rust(fence: &str) -> bool {
    ["", "compile_fail", "should_panic"].contains(&fence)
}

#[test]
fn every_name_of_the_python_module_is_mapped() {
    let rows = rows(&from_lionpride(), "the-map");
    let names: BTreeSet<_> = rows.iter().map(|row| &row[0]).collect();
    assert_eq!((rows.len(), names.len()), (NAMES, NAMES), "each name once");
    for row in &rows {
        let [name, here] = &row[..] else { panic!("two cells: {row:?}") };
        assert!(name.starts_with('`') && name.ends_with('`'), "{name} is no name");
        assert!(!here.is_empty(), "{name} is not mapped");
    }
}
