//! The example `timeline`, run as its users run it, and the picture of it in the guide.

mod built;

use std::fs;
use std::process::Command;

use roxmltree::Document;

use crate::built::example;

/// The picture of the guide.
const SHOWN: &str = include_str!("../../lionpride-concurrency/src/docs/timeline.svg");

/// Three ways, four items, five stages.
const STAGES: usize = 3 * 4 * 5;

fn bars(picture: &Document) -> usize {
    let classes = picture.descendants().filter_map(|node| node.attribute("class"));
    classes.filter(|class| class.split(' ').any(|class| class == "bar")).count()
}

/// Whether it shows as it is, with nothing to fetch and nothing to run.
fn stands_alone(picture: &Document) -> bool {
    let elements = || picture.descendants().filter(roxmltree::Node::is_element);
    let known = ["svg", "title", "desc", "style", "rect", "path", "text"];
    let links = elements().flat_map(|node| node.attributes()).any(|at| at.name() == "href");
    elements().all(|node| known.contains(&node.tag_name().name())) && !links
}

#[test]
fn the_picture_has_a_bar_for_each_stage() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new").join("timeline.svg");
    let mut command = Command::new(example("timeline"));
    let output = command.arg("--out").arg(&out).args(["--kilobytes", "10"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let svg = fs::read_to_string(out).unwrap();
    let picture = Document::parse(&svg).unwrap();
    assert_eq!(bars(&picture), STAGES);
    assert!(stands_alone(&picture));
    let told = String::from_utf8(output.stdout).unwrap();
    for hops in [": 0 hops", ": 16 hops", ": 8 hops"] {
        assert!(told.contains(hops), "{told}");
    }
}

#[test]
fn the_guide_shows_one_that_markdown_leaves_alone() {
    let picture = Document::parse(SHOWN).unwrap();
    assert_eq!(bars(&picture), STAGES);
    assert!(stands_alone(&picture));
    assert!(SHOWN.len() < 40_000, "{} bytes", SHOWN.len());
    assert!(SHOWN.lines().all(|line| !line.trim().is_empty()), "an empty line would end it");
}

#[test]
fn a_mistake_in_the_arguments_is_told() {
    let output = Command::new(example("timeline")).arg("--loud").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(!output.stderr.is_empty());
}
