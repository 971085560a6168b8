//! A part of a call: `connect("db", _, tls)` is a function of what is still to come.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Error, Expr, ExprAssign, ExprInfer, Result, Token};

use super::parse::without_parens;
use crate::hygiene::{at, local};

/// A call with one `_` or more among its arguments.
pub(crate) struct Partial {
    /// What is evaluated once, in this order.
    kept: Vec<Kept>,
    /// The arguments of the function that the call is made to, one a `_`.
    open: Vec<Ident>,
    /// The call, with names in the place of all that is kept or open.
    call: Expr,
}

struct Kept {
    name: Ident,
    expr: Expr,
    /// A function that is called where it is; anything else is handed over and needs a copy a call.
    called: bool,
}

impl Partial {
    /// The parts of the call, where it is one with a `_`.
    pub(super) fn of(expr: &Expr) -> Result<Option<Self>> {
        let args = match expr {
            Expr::Call(call) => &call.args,
            Expr::MethodCall(call) => &call.args,
            Expr::Closure(_) => return Ok(None),
            expr => return Stray::check(expr).map(|()| None),
        };
        if !args.iter().any(|arg| matches!(arg, Expr::Infer(_))) {
            return Stray::check(expr).map(|()| None);
        }
        let mut partial = Self { kept: Vec::new(), open: Vec::new(), call: expr.clone() };
        let mut call = expr.clone();
        match &mut call {
            Expr::Call(call) => {
                partial.function(&mut call.func)?;
                partial.arguments(&mut call.args)?;
            }
            Expr::MethodCall(call) => {
                partial.argument(&mut call.receiver)?;
                partial.arguments(&mut call.args)?;
            }
            _ => {}
        }
        Ok(Some(Self { call, ..partial }))
    }

    /// A path is a function wherever it stands; what makes one is asked once.
    fn function(&mut self, function: &mut Expr) -> Result<()> {
        *function = without_parens(function.clone());
        Stray::check(function)?;
        if !matches!(function, Expr::Path(_)) {
            let name = local("g", function.span());
            let expr = std::mem::replace(function, Expr::Verbatim(quote!(#name)));
            self.kept.push(Kept { name, expr, called: true });
        }
        Ok(())
    }

    fn arguments(&mut self, args: &mut Punctuated<Expr, Token![,]>) -> Result<()> {
        for arg in args {
            match arg {
                Expr::Infer(blank) if self.open.len() < MOST => {
                    let name = local(&format!("x{}", self.open.len()), blank.span());
                    *arg = Expr::Verbatim(quote!(#name));
                    self.open.push(name);
                }
                Expr::Infer(blank) => return Err(Error::new_spanned(blank, TOO_MANY)),
                arg => self.argument(arg)?,
            }
        }
        Ok(())
    }

    fn argument(&mut self, arg: &mut Expr) -> Result<()> {
        Stray::check(arg)?;
        let name = local(&format!("c{}", self.kept.len()), arg.span());
        let again = Expr::Verbatim(quote_spanned!(name.span()=> #name.again()));
        let expr = std::mem::replace(arg, again);
        self.kept.push(Kept { name, expr, called: false });
        Ok(())
    }

    // Input:  connect("db", _, tls)
    // Output: match (kept("db"), kept(tls)) {
    //             (c0, c1) => move |x0| connect(c0.again(), x0, c1.again()),
    //         }
    //
    // The arguments of the closure get their types from the function that it calls.
    pub(super) fn closure(
        &self,
        krate: &TokenStream,
        place: Span,
        hint: Option<&TokenStream>,
    ) -> TokenStream {
        let Self { kept, open, call } = self;
        let names = kept.iter().map(|kept| &kept.name);
        let values = kept.iter().map(|Kept { expr, called, .. }| {
            if *called {
                return quote!(#expr);
            }
            let keep = quote_spanned!(at(expr.span())=> #krate::__private::kept);
            quote_spanned!(expr.span()=> #keep(#expr))
        });
        let closure = quote_spanned!(place=> move |#(#open),*| #call);
        let closure = hint.map_or(closure.clone(), |hint| quote!(#hint(#closure)));
        quote_spanned!(place=> match (#(#values,)*) { (#(#names,)*) => #closure })
    }

    /// Whether one argument is still to come.
    pub(super) fn takes_one(&self) -> bool {
        self.open.len() == 1
    }
}

/// As many arguments as a callable takes.
const MOST: usize = 8;
const TOO_MANY: &str = "a callable takes at most eight arguments, and this `_` is the ninth";

/// A `_` that stands where no argument of the call does.
#[derive(Default)]
pub(super) struct Stray(Option<ExprInfer>);

impl Stray {
    pub(super) fn check(expr: &Expr) -> Result<()> {
        let mut stray = Self::default();
        stray.visit_expr(expr);
        match stray.0 {
            None => Ok(()),
            Some(blank) => Err(Error::new_spanned(
                blank,
                "`_` is an argument that is still to come: write it alone, directly in the \
                 parentheses of the call, as in `f(_, 3)`, or write a closure",
            )),
        }
    }
}

impl Visit<'_> for Stray {
    fn visit_expr_infer(&mut self, blank: &ExprInfer) {
        self.0.get_or_insert(blank.clone());
    }

    /// `_ = f()` leaves out a value.
    fn visit_expr_assign(&mut self, assign: &ExprAssign) {
        visit::visit_expr(self, &assign.right);
    }
}
