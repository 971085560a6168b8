use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream, Result};
use syn::visit::Visit;
use syn::{Error, Expr, ExprCall, ExprClosure, Ident, Pat, Token, Type, TypeInfer};

use super::partial::{Partial, Stray};
use crate::krate;

/// What stands between the parentheses of `callable!` and `is_async!`.
pub(crate) struct Call {
    pub(crate) krate: TokenStream,
    pub(crate) function: Function,
}

/// A function, and what the user says of it.
pub(crate) struct Function {
    pub(crate) word: Option<Word>,
    pub(crate) expr: Expr,
    /// What `expr` is a part of a call of: `connect("db", _)`.
    pub(crate) partial: Option<Partial>,
}

/// `inline(f)`, `blocking(f)` or `on(D, f)`: the word is the name of the method that does it.
pub(crate) struct Word {
    pub(crate) name: Ident,
    /// The `D` of `on(D, f)`.
    pub(crate) dispatcher: Option<Expr>,
}

impl Parse for Call {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let krate = krate::parse_head(input)?;
        if input.is_empty() {
            return Err(input.error("expected a function or a closure, as in `callable!(f)`"));
        }
        let function = Function::from_expr(input.parse()?)?;
        input.parse::<Option<Token![,]>>()?;
        if !input.is_empty() {
            return Err(input.error("expected one function, and here begins a second"));
        }
        Ok(Self { krate, function })
    }
}

impl Function {
    pub(crate) fn from_expr(expr: Expr) -> Result<Self> {
        let (word, expr) = Word::split(without_parens(expr))?;
        let partial = Partial::of(&expr)?;
        Ok(Self { word, expr, partial })
    }

    /// Whether the function is a closure of one argument whose type is still to be found, or a
    /// part of a call that becomes one.
    pub(crate) fn is_untyped(&self) -> bool {
        if let Some(partial) = &self.partial {
            return partial.takes_one();
        }
        let Some(closure) = self.closure() else { return false };
        match closure.inputs.first() {
            Some(Pat::Type(typed)) => closure.inputs.len() == 1 && Blank::is_in(&typed.ty),
            Some(_) => closure.inputs.len() == 1,
            None => false,
        }
    }

    pub(crate) fn closure(&self) -> Option<&ExprClosure> {
        match &self.expr {
            Expr::Closure(closure) => Some(closure),
            _ => None,
        }
    }
}

impl Word {
    /// The word, if it is one that is called, and the function in its parentheses.
    fn split(expr: Expr) -> Result<(Option<Self>, Expr)> {
        let Some((name, call)) = named_call(&expr) else { return Ok((None, expr)) };
        let takes = match name.to_string().as_str() {
            "inline" | "blocking" => "one function",
            "on" => "a dispatcher and a function: write `on(D, f)`",
            _ => return Ok((None, expr)),
        };
        let mut args = call.args.iter().cloned();
        let dispatcher = if name == "on" { args.next().map(without_reference) } else { None };
        dispatcher.as_ref().map_or(Ok(()), Stray::check)?;
        match (args.next(), args.next()) {
            (Some(function), None) => {
                Ok((Some(Self { name: name.clone(), dispatcher }), without_parens(function)))
            }
            _ => Err(Error::new_spanned(call, format!("`{name}(..)` takes {takes}"))),
        }
    }
}

/// The call of a name, `name(..)`, which may be a word.
pub(crate) fn named_call(expr: &Expr) -> Option<(&Ident, &ExprCall)> {
    let Expr::Call(call) = expr else { return None };
    let Expr::Path(path) = &*call.func else { return None };
    Some((path.path.get_ident()?, call))
}

/// `on` borrows its dispatcher anyway, as `RunSync::on(&D)` says it.
fn without_reference(expr: Expr) -> Expr {
    match without_parens(expr) {
        Expr::Reference(borrow) if borrow.attrs.is_empty() && borrow.mutability.is_none() => {
            *borrow.expr
        }
        expr => expr,
    }
}

/// A `_` in a type.
#[derive(Default)]
struct Blank(bool);

impl Blank {
    fn is_in(ty: &Type) -> bool {
        let mut blank = Self::default();
        blank.visit_type(ty);
        blank.0
    }
}

impl Visit<'_> for Blank {
    fn visit_type_infer(&mut self, _: &TypeInfer) {
        self.0 = true;
    }
}

/// Parentheses, and the invisible ones around what `macro_rules!` passes on, mean nothing here.
pub(crate) fn without_parens(expr: Expr) -> Expr {
    match expr {
        Expr::Paren(paren) if paren.attrs.is_empty() => without_parens(*paren.expr),
        Expr::Group(group) if group.attrs.is_empty() => without_parens(*group.expr),
        expr => expr,
    }
}
