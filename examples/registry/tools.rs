//! The tools: plain functions, which know nothing of each other's colour.

use lionpride_concurrency::{callable, sleep};
use serde::{Deserialize, Serialize};

use crate::registry::Registry;

pub(crate) fn all() -> Registry {
    let greeting = String::from("hello");
    Registry::default()
        .tool("words", words)
        .tool("primes", primes)
        .tool("wait", wait)
        .tool("divide", |Division { number, by }: Division| {
            number.checked_div(by).ok_or_else(|| format!("{number} by {by}"))
        })
        .tool("greet", move |name: String| {
            let greeting = greeting.clone();
            async move { Ok(format!("{greeting} {name}")) }
        })
        .tool("scale", callable!(scale(_, 3)))
}

#[derive(Deserialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
struct Words {
    words: usize,
    longest: usize,
}

#[allow(clippy::unnecessary_wraps, reason = "a tool may fail")]
fn words(Text { text }: Text) -> Result<Words, String> {
    let lengths = || text.split_whitespace().map(|word| word.chars().count());
    Ok(Words { words: lengths().count(), longest: lengths().max().unwrap_or(0) })
}

const MOST: usize = 10_000_000;

/// How many primes there are below a number.
fn primes(below: usize) -> Result<usize, String> {
    if below > MOST {
        return Err(format!("no more than {MOST}, and this is {below}"));
    }
    let mut composite = vec![false; below];
    let mut count = 0;
    for n in 2..below {
        if !composite[n] {
            count += 1;
            composite.iter_mut().skip(n * n).step_by(n).for_each(|known| *known = true);
        }
    }
    Ok(count)
}

#[derive(Deserialize)]
struct Pause {
    seconds: f64,
}

async fn wait(Pause { seconds }: Pause) -> Result<f64, String> {
    if !(0.0..=1.0).contains(&seconds) {
        return Err(format!("at most a second, and this is {seconds}"));
    }
    sleep(seconds).await;
    Ok(seconds)
}

#[derive(Deserialize)]
struct Division {
    number: i64,
    by: i64,
}

fn scale(number: i64, factor: i64) -> Result<i64, String> {
    number.checked_mul(factor).ok_or_else(|| format!("{number} is too large"))
}
