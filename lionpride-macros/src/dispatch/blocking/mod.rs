//! Calls that are known to block, in the body of an `async fn`.
//!
//! A macro sees names and no types, so that only what is written out can be known: `std::fs::read`
//! is, and `read` behind a `use` is not. `clippy`'s `disallowed-methods` finds the rest.

mod attributes;
mod known;
mod select;

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{
    Arm, Attribute, Block, Expr, ExprAwait, ExprCall, ExprClosure, ExprMethodCall, FieldValue,
    Item, Macro, Stmt, Token, parse2,
};

use self::known::{EVALUATE, function, method};
use self::select::Part;
use super::conditions;
use crate::error::Errors;

/// Reports every blocking call in a body. One that does not parse yet is not looked at.
pub(super) fn check(body: &Group, errors: &mut Errors) {
    if let Ok(block) = parse2::<Block>(body.to_token_stream()) {
        Calls { errors }.visit_block(&block);
    }
}

struct Calls<'a> {
    errors: &'a mut Errors,
}

impl Calls<'_> {
    /// Looks into what is there only if its attributes let it be.
    fn under(&mut self, attrs: &[Attribute], look: impl FnOnce(&mut Calls<'_>)) {
        self.errors.under(conditions::of(attrs), |errors| look(&mut Calls { errors }));
    }

    /// What `select!` awaits, and what it does then.
    fn branches(&mut self, tokens: TokenStream) {
        for part in select::parts.parse2(tokens).into_iter().flatten() {
            match part {
                Part::Awaited(future) => self.awaited(&future),
                Part::Evaluated(expr) => self.visit_expr(&expr),
            }
        }
    }

    /// What is awaited is a future, whatever it is called.
    fn awaited(&mut self, future: &Expr) {
        match future {
            Expr::MethodCall(call) => visit::visit_expr_method_call(self, call),
            Expr::Call(call) => visit::visit_expr_call(self, call),
            future => self.visit_expr(future),
        }
    }
}

/// The arguments of a macro, as far as they are expressions.
fn arguments(tokens: TokenStream) -> Vec<Expr> {
    let all = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone());
    all.map_or_else(
        |_| pieces(tokens).into_iter().filter_map(|piece| parse2(piece).ok()).collect(),
        |all| all.into_iter().collect(),
    )
}

/// What stands between commas, and behind the `name = %` of a field.
fn pieces(tokens: TokenStream) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is = |token: &TokenTree, expected: &str| matches!(token, TokenTree::Punct(punct) if expected.contains(punct.as_char()));
    let piece = |piece: &[TokenTree]| {
        let field = piece.windows(2).position(|two| is(&two[0], "=") && is(&two[1], "%?"));
        piece[field.map_or(0, |equals| equals + 2)..].iter().cloned().collect()
    };
    tokens.split(|token| is(token, ",")).map(piece).collect()
}

impl<'ast> Visit<'ast> for Calls<'_> {
    fn visit_stmt(&mut self, stmt: &'ast Stmt) {
        let attrs = match stmt {
            Stmt::Local(local) => &local.attrs,
            Stmt::Macro(stmt) => &stmt.attrs,
            Stmt::Expr(expr, _) => attributes::of(attributes::leftmost(expr)),
            Stmt::Item(_) => return,
        };
        self.under(attrs, |calls| visit::visit_stmt(calls, stmt));
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        self.under(attributes::of(expr), |calls| visit::visit_expr(calls, expr));
    }

    fn visit_arm(&mut self, arm: &'ast Arm) {
        self.under(&arm.attrs, |calls| visit::visit_arm(calls, arm));
    }

    fn visit_field_value(&mut self, field: &'ast FieldValue) {
        self.under(&field.attrs, |calls| visit::visit_field_value(calls, field));
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        if let Some((path, found)) = function(call) {
            self.errors.at(path, found.message());
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if let Some(found) = method(call) {
            self.errors.at(&call.method, found.message());
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_await(&mut self, awaited: &'ast ExprAwait) {
        self.awaited(&awaited.base);
    }

    /// It may be on its way to another thread.
    fn visit_expr_closure(&mut self, _: &'ast ExprClosure) {}

    /// It has a colour of its own.
    fn visit_item(&mut self, _: &'ast Item) {}

    fn visit_macro(&mut self, mac: &'ast Macro) {
        let Some(last) = mac.path.segments.last() else { return };
        let name = last.ident.to_string();
        let tokens = mac.tokens.clone();
        match name.as_str() {
            "select" | "select_biased" => self.branches(tokens),
            "join" | "try_join" => {
                for future in &arguments(tokens) {
                    self.awaited(future);
                }
            }
            name if EVALUATE.contains(&name) => {
                for arg in &arguments(tokens) {
                    self.visit_expr(arg);
                }
            }
            _ => {}
        }
    }
}
