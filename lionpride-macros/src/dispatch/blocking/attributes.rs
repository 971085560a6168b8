//! The attributes of an expression, whatever it is.

use syn::{Attribute, Expr};

/// To which expression the attributes of a statement are given: the one at its beginning.
pub(super) fn leftmost(expr: &Expr) -> &Expr {
    match expr {
        Expr::Assign(expr) => leftmost(&expr.left),
        Expr::Binary(expr) => leftmost(&expr.left),
        Expr::Cast(expr) => leftmost(&expr.expr),
        expr => expr,
    }
}

macro_rules! attrs_of {
    ($expr:expr, $($kind:ident)*) => {
        match $expr {
            $(Expr::$kind(expr) => &expr.attrs,)*
            _ => &[],
        }
    };
}

pub(super) fn of(expr: &Expr) -> &[Attribute] {
    attrs_of!(
        expr, Array Assign Async Await Binary Block Break Call Cast Closure Const Continue Field
        ForLoop Group If Index Infer Let Lit Loop Macro Match MethodCall Paren Path Range RawAddr Reference
        Repeat Return Struct Try TryBlock Tuple Unary Unsafe While Yield
    )
}
