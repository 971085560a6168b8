use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream, Result};
use syn::visit::Visit;
use syn::{Error, Expr, ExprCall, ExprClosure, Ident, Pat, Token, Type, TypeInfer};

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
}

/// `inline(f)` or `blocking(f)`: the word is the name of the method that does it.
pub(crate) struct Word(pub(crate) Ident);

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
        let expr = without_parens(expr);
        let Expr::Call(call) = &expr else {
            return Ok(Self { word: None, expr });
        };
        let Some(word) = Word::of(call) else {
            return Ok(Self { word: None, expr });
        };
        if call.args.len() != 1 {
            let message = format!("`{}(..)` takes one function", word.0);
            return Err(Error::new_spanned(call, message));
        }
        let expr = without_parens(call.args[0].clone());
        Ok(Self { word: Some(word), expr })
    }

    /// Whether the function is a closure of one argument whose type is still to be found.
    pub(crate) fn is_untyped(&self) -> bool {
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
    fn of(call: &ExprCall) -> Option<Self> {
        let Expr::Path(path) = &*call.func else {
            return None;
        };
        let ident = path.path.get_ident()?;
        (ident == "inline" || ident == "blocking").then(|| Self(ident.clone()))
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
