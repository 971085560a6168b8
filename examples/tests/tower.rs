//! The example `tower`, run as its users run it.

mod built;

use std::process::Command;

use crate::built::example;

#[test]
fn each_policy_shows_what_it_does() {
    let output = Command::new(example("tower")).output().unwrap();
    let (shown, error) = (String::from_utf8(output.stdout), String::from_utf8(output.stderr));
    assert!(output.status.success(), "{}", error.unwrap());
    let shown = shown.unwrap();
    let lines: Vec<&str> = shown.lines().collect();
    let expected = [
        "slow:   Err(TimedOut), and its work was told to stop",
        "queued: Err(TimedOut), and its work never began",
        "flaky:  Ok(\"text of the torn page\") at the 3rd try",
        "many:   4 answered, 6 are Overloaded",
    ];
    assert_eq!(lines[..4], expected, "{shown}");
}
