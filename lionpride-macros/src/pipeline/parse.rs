use proc_macro2::{TokenStream, TokenTree};
use syn::buffer::Cursor;
use syn::parse::{Parse, ParseStream, Result};
use syn::{Error, Expr, Stmt, Token};

use super::text;
use crate::callable::{Function, without_parens};
use crate::krate;

/// What stands between the parentheses of `pipeline!`.
pub(crate) struct Pipeline {
    pub(crate) krate: TokenStream,
    pub(crate) stages: Vec<Stage>,
}

/// `f`, or `f?`.
pub(crate) struct Stage {
    pub(crate) function: Function,
    pub(crate) question: Option<Token![?]>,
    /// What the plan calls it: its source, as far as the tokens tell.
    pub(crate) text: String,
}

impl Parse for Pipeline {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let krate = krate::parse_head(input)?;
        if input.is_empty() {
            return Err(input.error("expected a stage, as in `pipeline!(parse?, store)`"));
        }
        let mut stages = Vec::new();
        while !input.is_empty() {
            stages.push(input.parse()?);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(Self { krate, stages })
    }
}

impl Parse for Stage {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let start = input.cursor();
        let expr: Expr = input.parse()?;
        let text = text::of(between(start, input.cursor()));
        if let Expr::Assign(assign) = &expr {
            let message = "expected a stage: a function, a closure, `inline(f)` or `on(D, f)`";
            return Err(Error::new_spanned(assign, message));
        }
        let (expr, outer) = split_question(expr);
        let mut function = Function::from_expr(expr)?;
        let inner = question_of_closure(&mut function.expr);
        Ok(Self { function, question: outer.or(inner), text })
    }
}

/// `f?` is `f` and its question mark.
fn split_question(expr: Expr) -> (Expr, Option<Token![?]>) {
    match without_parens(expr) {
        Expr::Try(question) => (*question.expr, Some(question.question_token)),
        expr => (expr, None),
    }
}

/// `|x| g(x)?` reads as `(|x| g(x))?`, and that is what it means. So does `|x| { g(x)? }`, which
/// rustfmt makes of it where the line is full.
fn question_of_closure(expr: &mut Expr) -> Option<Token![?]> {
    let Expr::Closure(closure) = expr else { return None };
    let body = match &mut *closure.body {
        Expr::Block(block) if block.attrs.is_empty() && block.label.is_none() => {
            match &mut *block.block.stmts {
                [Stmt::Expr(only, None)] => only,
                _ => return None,
            }
        }
        body => body,
    };
    let Expr::Try(question) = body else { return None };
    let mark = question.question_token;
    *body = (*question.expr).clone();
    Some(mark)
}

fn between<'a>(mut at: Cursor<'a>, end: Cursor<'a>) -> impl Iterator<Item = TokenTree> {
    std::iter::from_fn(move || {
        if at == end {
            return None;
        }
        let (tree, next) = at.token_tree()?;
        at = next;
        Some(tree)
    })
}
