//! The words that make a stage of other functions: `each(n, f)` and `join(f, g, ..)`.

use syn::{Error, Expr, ExprCall, Ident, Lit, Result, Token};

use super::parse::{Each, Join, Kind, Part, split_question};
use crate::callable::{named_call, without_parens};

/// How many functions `join` takes at most.
const MOST: usize = 8;

/// What a stage is: a word, or one function.
pub(super) fn kind(expr: Expr) -> Result<Kind> {
    let (inner, question) = split_question(expr.clone());
    let inner = without_parens(inner);
    match named(&inner) {
        Some((name, call)) if name == "each" => each(name, call, question).map(Kind::Each),
        Some((name, call)) => join(name, call, question).map(Kind::Join),
        None => Part::from_expr(expr).map(Kind::One),
    }
}

/// The call of a word.
fn named(expr: &Expr) -> Option<(&Ident, &ExprCall)> {
    named_call(expr).filter(|(name, _)| *name == "each" || *name == "join")
}

fn each(name: &Ident, call: &ExprCall, question: Option<Token![?]>) -> Result<Each> {
    let mut args = call.args.iter().cloned();
    let (Some(limit), Some(function), None) = (args.next(), args.next(), args.next()) else {
        let message = "`each(..)` takes a limit and a function: write `each(8, f)`";
        return Err(Error::new_spanned(call, message));
    };
    if is_zero(&limit) {
        return Err(Error::new_spanned(limit, "the limit of `each` must be at least 1"));
    }
    let part = part(function, question)?;
    Ok(Each { name: name.clone(), limit, part })
}

fn is_zero(limit: &Expr) -> bool {
    match without_parens(limit.clone()) {
        Expr::Lit(literal) => match literal.lit {
            Lit::Int(int) => int.base10_digits() == "0",
            _ => false,
        },
        _ => false,
    }
}

fn join(name: &Ident, call: &ExprCall, question: Option<Token![?]>) -> Result<Join> {
    if !(2..=MOST).contains(&call.args.len()) {
        let message = format!("`join(..)` takes 2 to {MOST} functions, as in `join(f, g)`");
        return Err(match call.args.iter().nth(MOST) {
            Some(beyond) => Error::new_spanned(beyond, message),
            None => Error::new_spanned(call, message),
        });
    }
    let parts = call.args.iter().map(|arg| part(arg.clone(), question)).collect::<Result<_>>()?;
    Ok(Join { name: name.clone(), parts })
}

/// A function in a word's parentheses. A `?` behind them is that of each function in them.
fn part(expr: Expr, outer: Option<Token![?]>) -> Result<Part> {
    let (inner, _) = split_question(expr.clone());
    if let Some((name, call)) = named(&without_parens(inner)) {
        let message = format!("`{name}(..)` is a stage: write `pipeline!({name}(..))` here");
        return Err(Error::new_spanned(call, message));
    }
    let part = Part::from_expr(expr)?;
    match (part.question, outer) {
        (Some(_), Some(outer)) => {
            let message = "the functions in the parentheses have a `?` already";
            Err(Error::new_spanned(outer, message))
        }
        (inner, outer) => Ok(Part { question: inner.or(outer), ..part }),
    }
}
