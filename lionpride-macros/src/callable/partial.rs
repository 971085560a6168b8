//! A part of a call: `connect("db", _, tls)` is a function of what is still to come.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Error, Expr, ExprAssign, ExprInfer, Result, Token};

use super::parse::without_parens;
use crate::hygiene::{at, local};

/// A call with one `_` or more among its arguments.
pub(crate) struct Partial {
    /// The receiver of a method, which is the first of what is kept.
    receiver: Option<Ident>,
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
        if !args.iter().any(|arg| blank(arg).is_some()) {
            return Stray::check(expr).map(|()| None);
        }
        let mut partial =
            Self { receiver: None, kept: Vec::new(), open: Vec::new(), call: expr.clone() };
        let mut call = expr.clone();
        match &mut call {
            Expr::Call(call) => {
                partial.function(&mut call.func)?;
                partial.arguments(&mut call.args)?;
            }
            Expr::MethodCall(call) => {
                partial.receiver = Some(partial.argument(&mut call.receiver)?);
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
            let name = local("function", function.span());
            let expr = std::mem::replace(function, Expr::Verbatim(quote!(#name)));
            self.kept.push(Kept { name, expr, called: true });
        }
        Ok(())
    }

    fn arguments(&mut self, args: &mut Punctuated<Expr, Token![,]>) -> Result<()> {
        for arg in args {
            let Some(blank) = blank(arg) else {
                self.argument(arg)?;
                continue;
            };
            if self.open.len() == MOST {
                return Err(Error::new_spanned(blank, TOO_MANY));
            }
            let name = local(&format!("x{}", self.open.len()), blank.span());
            *arg = Expr::Verbatim(quote!(#name));
            self.open.push(name);
        }
        Ok(())
    }

    fn argument(&mut self, arg: &mut Expr) -> Result<Ident> {
        Stray::check(arg)?;
        let name = local(&format!("c{}", self.kept.len()), arg.span());
        let expr = std::mem::replace(arg, Expr::Verbatim(quote!(#name)));
        self.kept.push(Kept { name: name.clone(), expr, called: false });
        Ok(name)
    }

    /// What is evaluated, as a tuple.
    pub(super) fn values(&self, krate: &TokenStream) -> TokenStream {
        let values = self.kept.iter().map(|Kept { expr, called, .. }| {
            let keep = quote_spanned!(at(expr.span())=> #krate::__private::kept);
            if *called { quote!(#expr) } else { quote_spanned!(expr.span()=> #keep(#expr)) }
        });
        quote!((#(#values,)*))
    }

    /// The names of what is evaluated, as a pattern.
    pub(super) fn names(&self) -> TokenStream {
        let names = self.kept.iter().map(|kept| &kept.name);
        quote!((#(#names,)*))
    }

    // Input:  connect("db", _, tls)
    // Output: match (kept("db"), kept(tls)) {
    //             (c0, c1) => move |x0| {
    //                 let c0 = again(&c0);
    //                 let c1 = again(&c1);
    //                 connect(c0, x0, c1)
    //             }
    //         }
    //
    // The arguments of the closure get their types from the function that it calls.
    pub(super) fn function_of(
        &self,
        krate: &TokenStream,
        hint: Option<&TokenStream>,
    ) -> TokenStream {
        let Self { open, call, .. } = self;
        let (values, names, again) = (self.values(krate), self.names(), self.again(krate));
        let place = at(call.span());
        let closure = hinted(hint, &quote_spanned!(place=> move |#(#open),*| { #again #call }));
        quote_spanned!(place=> match #values { #names => #closure })
    }

    // Input:  client.fetch(_, 3)
    // Output: |x0| {
    //             let mut c0 = again(&c0);
    //             let c1 = again(&c1);
    //             never();
    //             c0.fetch(x0, c1)
    //         }
    //
    // Nothing behind `never` is run, so that the future of an async method may leave the closure
    // although it has borrowed the receiver there.
    pub(super) fn question_of(
        &self,
        krate: &TokenStream,
        hint: Option<&TokenStream>,
    ) -> TokenStream {
        let Self { open, call, .. } = self;
        let again = self.again(krate);
        let place = at(call.span());
        hinted(
            hint,
            &quote_spanned! {place=>
                |#(#open),*| {
                    #again
                    #krate::__private::never();
                    #call
                }
            },
        )
    }

    // Input:  client.fetch(_, 3)
    // Output: move |x0| {
    //             let mut c0 = again(&c0);
    //             let c1 = again(&c1);
    //             let end = same(&end);
    //             async move { end.end(c0.fetch(x0, c1)).await }
    //         }
    pub(super) fn method_of(
        &self,
        krate: &TokenStream,
        end: &Ident,
        hint: Option<&TokenStream>,
    ) -> TokenStream {
        let Self { open, call, .. } = self;
        let again = self.again(krate);
        let place = at(call.span());
        hinted(
            hint,
            &quote_spanned! {place=>
                move |#(#open),*| {
                    #again
                    let #end = #krate::__private::same(&#end);
                    async move { #end.end(#call).await }
                }
            },
        )
    }

    /// Gives a call its own of all that is kept.
    fn again(&self, krate: &TokenStream) -> TokenStream {
        let kept = self.kept.iter().filter(|kept| !kept.called).map(|Kept { name, .. }| {
            let again = quote_spanned!(name.span()=> #name = #krate::__private::again(&#name););
            if self.receiver.as_ref() == Some(name) {
                quote!(#[allow(unused_mut)] let mut #again)
            } else {
                quote!(let #again)
            }
        });
        quote!(#(#kept)*)
    }

    pub(super) fn is_method(&self) -> bool {
        self.receiver.is_some()
    }

    /// Whether one argument is still to come.
    pub(super) fn takes_one(&self) -> bool {
        self.open.len() == 1
    }
}

fn hinted(hint: Option<&TokenStream>, closure: &TokenStream) -> TokenStream {
    hint.map_or_else(|| closure.clone(), |hint| quote!(#hint(#closure)))
}

/// The `_`, also where a `macro_rules!` passes it on.
fn blank(arg: &Expr) -> Option<&ExprInfer> {
    match arg {
        Expr::Infer(blank) => Some(blank),
        Expr::Group(group) => blank(&group.expr),
        _ => None,
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
