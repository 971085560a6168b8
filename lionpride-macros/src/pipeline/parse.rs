use proc_macro2::{TokenStream, TokenTree};
use syn::buffer::Cursor;
use syn::parse::{Parse, ParseStream, Result};
use syn::{Error, Expr, Ident, Stmt, Token, Type};

use super::{text, words};
use crate::callable::{Function, without_parens};
use crate::krate;

/// What stands between the parentheses of `pipeline!`.
pub(crate) struct Pipeline {
    pub(crate) krate: TokenStream,
    /// The type of `error = AppError`.
    pub(crate) error: Option<Type>,
    pub(crate) stages: Vec<Stage>,
}

pub(crate) struct Stage {
    pub(crate) kind: Kind,
    /// What the plan calls it: its source, as far as the tokens tell.
    pub(crate) text: String,
}

pub(crate) enum Kind {
    One(Part),
    Each(Each),
    Join(Join),
}

/// `f`, or `f?`.
pub(crate) struct Part {
    pub(crate) function: Function,
    pub(crate) question: Option<Token![?]>,
}

/// `each(n, f)`.
pub(crate) struct Each {
    pub(crate) name: Ident,
    pub(crate) limit: Expr,
    pub(crate) part: Part,
}

/// `join(f, g, ..)`.
pub(crate) struct Join {
    pub(crate) name: Ident,
    pub(crate) parts: Vec<Part>,
}

impl Parse for Pipeline {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let krate = krate::parse_head(input)?;
        let error = parse_error(input)?;
        if input.is_empty() {
            return Err(input.error("expected a stage, as in `pipeline!(parse?, store)`"));
        }
        let mut stages: Vec<Stage> = Vec::new();
        while !input.is_empty() {
            if starts_error(input) {
                return Err(misplaced_error(input, error.is_some()));
            }
            stages.push(input.parse()?);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        if let (Some(ty), false) = (&error, stages.iter().any(Stage::is_fallible)) {
            let message = "no stage has an error to convert: put a `?` behind those that have";
            return Err(Error::new_spanned(ty, message));
        }
        Ok(Self { krate, error, stages })
    }
}

fn starts_error(input: ParseStream<'_>) -> bool {
    let is_named = || input.fork().parse::<Ident>().is_ok_and(|name| name == "error");
    input.peek2(Token![=]) && !input.peek2(Token![==]) && !input.peek2(Token![=>]) && is_named()
}

/// `error = AppError,`, which comes before all stages.
fn parse_error(input: ParseStream<'_>) -> Result<Option<Type>> {
    if !starts_error(input) {
        return Ok(None);
    }
    let name: Ident = input.parse()?;
    input.parse::<Token![=]>()?;
    if input.is_empty() || input.peek(Token![,]) {
        return Err(Error::new(name.span(), "expected a type, as in `error = AppError`"));
    }
    let ty = input.parse()?;
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok(Some(ty))
}

fn misplaced_error(input: ParseStream<'_>, is_second: bool) -> Error {
    input.error(if is_second {
        "`error = ..` is given twice: all stages share one error type"
    } else {
        "`error = ..` comes first, before all stages"
    })
}

impl Parse for Stage {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let start = input.cursor();
        let expr: Expr = input.parse()?;
        let text = text::of(between(start, input.cursor()));
        if let Expr::Assign(assign) = &expr {
            let message = "expected a stage: a function, a closure, `inline(f)`, `on(D, f)`, \
                           `each(n, f)` or `join(f, g)`";
            return Err(Error::new_spanned(assign, message));
        }
        Ok(Self { kind: words::kind(expr)?, text })
    }
}

impl Stage {
    pub(crate) fn is_fallible(&self) -> bool {
        match &self.kind {
            Kind::One(part) | Kind::Each(Each { part, .. }) => part.question.is_some(),
            Kind::Join(join) => join.parts.iter().any(|part| part.question.is_some()),
        }
    }
}

impl Part {
    pub(crate) fn from_expr(expr: Expr) -> Result<Self> {
        let (expr, outer) = split_question(expr);
        let mut function = Function::from_expr(expr)?;
        let inner = question_of_closure(&mut function.expr);
        Ok(Self { function, question: outer.or(inner) })
    }
}

/// `f?` is `f` and its question mark.
pub(super) fn split_question(expr: Expr) -> (Expr, Option<Token![?]>) {
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
