//! The example `registry`, run as its users run it.

mod built;

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::built::example;

fn registry(args: &[&str], input: &str) -> Output {
    let mut command = Command::new(example("registry"));
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // It may end without having read its input.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// The answers to these lines.
fn answers(input: &str) -> Vec<Value> {
    let output = registry(&["-"], input);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn tools_of_both_colours_answer_in_order() {
    let input = r#"
        {"tool": "wait", "input": {"seconds": 0.2}}
        {"tool": "words", "input": {"text": "one three"}}

        {"tool": "primes", "input": 100}
        {"tool": "greet", "input": "you"}
        {"tool": "divide", "input": {"number": 7, "by": 2}}
        {"tool": "scale", "input": 14}"#;
    let expected = [
        json!({"tool": "wait", "output": 0.2}),
        json!({"tool": "words", "output": {"words": 2, "longest": 5}}),
        json!({"tool": "primes", "output": 25}),
        json!({"tool": "greet", "output": "hello you"}),
        json!({"tool": "divide", "output": 3}),
        json!({"tool": "scale", "output": 42}),
    ];
    assert_eq!(answers(input), expected);
}

#[test]
fn what_goes_wrong_is_told_and_the_next_is_answered() {
    let input = r#"{"tool": "wrods", "input": 1}
        {"tool": "words", "input": {"text": 5}}
        {"tool": "greet"}
        {"tool": "divide", "input": {"number": 1, "by": 0}}
        {"tool": "wait", "input": {"seconds": -1}}
        {"tool":
        {"tool": "greet", "input": "you"}"#;
    let expected = [
        "no tool `wrods`: there are divide, greet, primes, scale, wait, words",
        "bad input: invalid type: integer `5`, expected a string",
        "bad input: invalid type: null, expected a string",
        "1 by 0",
        "at most a second, and this is -1",
        "not a request: EOF while parsing a value at line 1 column 16",
    ];
    let answers = answers(input);
    let errors: Vec<&str> = answers.iter().filter_map(|answer| answer["error"].as_str()).collect();
    assert_eq!(errors, expected);
    assert_eq!(answers.last().unwrap()["output"], "hello you");
}

#[test]
fn without_arguments_it_shows_and_checks_what_it_claims() {
    let output = registry(&[], "");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout).lines().count(), 10);
    assert_eq!(text(&output.stderr), "6 answered, 4 failed, 5 hops\n");
}

#[test]
fn a_mistake_in_the_arguments_is_told() {
    let output = registry(&["--loud"], "");
    assert_eq!(output.status.code(), Some(2));
    assert_ne!(text(&output.stderr), "");
}
