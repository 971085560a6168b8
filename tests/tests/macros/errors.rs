//! `error = AppError`: the errors of the stages, converted.

use std::num::ParseIntError;

use lionpride_concurrency::{Callable, dispatch, pipeline};

use crate::places::DB;

#[derive(Debug, PartialEq)]
enum AppError {
    Parse(ParseIntError),
    Said(String),
    Refused(u32),
}

impl From<ParseIntError> for AppError {
    fn from(error: ParseIntError) -> Self {
        Self::Parse(error)
    }
}

impl From<String> for AppError {
    fn from(said: String) -> Self {
        Self::Said(said)
    }
}

type Dyn = Box<dyn std::error::Error + Send + Sync>;

fn parse(text: &'static str) -> Result<u32, ParseIntError> {
    text.parse()
}

#[dispatch]
fn check(n: u32) -> Result<u32, String> {
    if n > 0 { Ok(n) } else { Err("zero".to_owned()) }
}

async fn store(n: u32) -> Result<u32, AppError> {
    if n < 100 { Ok(n) } else { Err(AppError::Refused(n)) }
}

#[tokio::test]
async fn each_stage_converts_its_own() {
    let p = pipeline!(error = AppError, parse?, check?, |n| n + 1, store?);
    assert_eq!(p.hops(), 1);
    assert_eq!(p.call("5").await, Ok(6));
    assert_eq!(p.call("0").await, Err(AppError::Said("zero".to_owned())));
    assert_eq!(p.call("99").await, Err(AppError::Refused(100)));
    assert_eq!(p.call("x").await, "x".parse::<u32>().map(|_| 0).map_err(AppError::Parse));
}

#[tokio::test]
async fn it_may_be_the_type_of_all_of_them_and_of_any_shape() {
    let same = pipeline!(error = AppError, store?, |n| store(n + 1)?);
    assert_eq!(same.call(99).await, Err(AppError::Refused(100)));
    let boxed = pipeline!(error = Dyn, parse?, inline(|n| check_here(n * 2)?), on(DB, check_here)?);
    assert_eq!(boxed.call("x").await.unwrap_err().to_string(), "invalid digit found in string");
    assert_eq!(boxed.call("0").await.unwrap_err().to_string(), "zero");
    assert_eq!(boxed.call("1").await.unwrap(), 2);
    let written = pipeline!(error = Box<dyn std::error::Error + Send + Sync>, parse?);
    assert!(written.call("x").await.is_err());
}

fn check_here(n: u32) -> Result<u32, String> {
    if n > 0 { Ok(n) } else { Err("zero".to_owned()) }
}

#[tokio::test]
async fn pipelines_within_convert_as_well() {
    let inner = pipeline!(parse?, |n| n + 1);
    let boxed = pipeline!(check?, |n| n * 2).boxed();
    let p = pipeline!(error = AppError, inner?, boxed?, |n| n);
    assert_eq!(p.call("1").await, Ok(4));
    assert!(matches!(p.call("x").await, Err(AppError::Parse(_))));
}

#[tokio::test]
async fn in_every_place_of_a_question_mark() {
    let p = pipeline!(
        error = AppError,
        |text: &'static str| text.split(','),
        each(2, parse)?,
        |all| all.into_iter().sum::<u32>(),
        join(check?, store?, |n| n + 1),
    );
    assert_eq!(p.call("1,2").await, Ok((3, 3, 4)));
    assert!(matches!(p.call("1,x").await, Err(AppError::Parse(_))));
    assert_eq!(p.call("0").await, Err(AppError::Said("zero".to_owned())));
    assert_eq!(p.call("100").await, Err(AppError::Refused(100)));
}

#[tokio::test]
async fn a_value_of_that_name_is_a_stage_as_ever() {
    let error = |n: u32| n + 1;
    assert_eq!(pipeline!(error).call(1).await, 2);
    assert_eq!(pipeline!(error, error).call(1).await, 3);
}
