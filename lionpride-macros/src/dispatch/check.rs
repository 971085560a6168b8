//! What a function must not be to cross a thread: one rule, one function.

use syn::visit::{self, Visit};
use syn::{
    BoundLifetimes, Error, FnArg, Lifetime, ParenthesizedGenericArguments, Receiver, ReceiverKind,
    Result, ReturnType, Type, TypeFnPtr, TypeImplTrait, TypeParamBound, TypeReference,
};

use super::args::Args;
use super::model::Function;
use crate::error::Errors;

/// Applies every rule.
pub(super) fn check(args: &Args, function: &Function) -> Result<()> {
    Errors::collect(|errors| {
        if function.sig.asyncness.is_some() {
            no_inline_on_async(args, errors);
            return;
        }
        no_const(function, errors);
        no_extern(function, errors);
        no_variadic(function, errors);
        no_track_caller(function, errors);
        no_future(function, errors);
        if args.inline.is_none() {
            no_never(function, errors);
            no_borrows(function, errors);
        }
    })
}

/// An `async fn` is awaited in place as it stands.
fn no_inline_on_async(args: &Args, errors: &mut Errors) {
    if let Some(span) = args.inline_span() {
        let message = "an `async fn` is always awaited in place: remove `inline`";
        errors.push(Error::new(span, message));
    }
}

/// A future cannot be awaited in a constant.
fn no_const(function: &Function, errors: &mut Errors) {
    if let Some(token) = &function.sig.constness {
        errors.at(token, "a `const fn` cannot be dispatched: remove `const`");
    }
}

/// A foreign caller does not know what a future is.
fn no_extern(function: &Function, errors: &mut Errors) {
    if let Some(abi) = &function.sig.abi {
        errors.at(abi, "an `extern` function cannot be dispatched: remove `extern`");
    }
}

fn no_variadic(function: &Function, errors: &mut Errors) {
    if let Some(variadic) = &function.sig.variadic {
        errors.at(variadic, "a variadic function cannot be dispatched: name the arguments");
    }
}

/// The body runs on another thread, called by the pool.
fn no_track_caller(function: &Function, errors: &mut Errors) {
    for attr in &function.attrs {
        if attr.path().is_ident("track_caller") {
            let message = "the caller's line does not cross a hop: remove `#[track_caller]`";
            errors.at(attr, message);
        }
    }
}

/// A function that returns a future is async, whatever it is written as.
fn no_future(function: &Function, errors: &mut Errors) {
    let ReturnType::Type(_, ty) = &function.sig.output else {
        return;
    };
    let Type::ImplTrait(TypeImplTrait { bounds, .. }) = &**ty else {
        return;
    };
    let is_future = |bound: &TypeParamBound| match bound {
        TypeParamBound::Trait(bound) => {
            bound.path.segments.last().is_some_and(|last| last.ident == "Future")
        }
        _ => false,
    };
    if bounds.iter().any(is_future) {
        let message = "this function returns a future already: write an `async fn`, \
                       or leave `#[dispatch]` away";
        errors.at(ty, message);
    }
}

/// The pool waits for its threads.
fn no_never(function: &Function, errors: &mut Errors) {
    if let ReturnType::Type(_, ty) = &function.sig.output {
        if let Type::Never(_) = &**ty {
            let message = "a function that never returns would keep its thread from the pool for \
                           ever: give it a thread of its own with `std::thread::spawn`";
            errors.at(ty, message);
        }
    }
}

/// The work may outlive its caller, so that it can borrow nothing from it.
fn no_borrows(function: &Function, errors: &mut Errors) {
    for arg in &function.sig.inputs {
        match arg {
            FnArg::Receiver(receiver) => no_borrowed_self(receiver, errors),
            FnArg::Typed(arg) => {
                if let Some(found) = Borrows::of(&arg.ty) {
                    errors.push(found);
                }
            }
        }
    }
}

fn no_borrowed_self(receiver: &Receiver, errors: &mut Errors) {
    let borrows = match &receiver.kind {
        ReceiverKind::Reference(..) => true,
        ReceiverKind::Typed(_, ty) => Borrows::of(ty).is_some(),
        _ => false,
    };
    if borrows {
        let message = "`self` is moved to another thread, which a borrow cannot reach: take \
                       `self: Arc<Self>` or `self`, or write `#[dispatch(inline)]` if the body \
                       is cheap";
        errors.at(receiver, message);
    }
}

/// The first borrow in a type, if it is not `'static`. The arguments of a function type are the
/// business of those who call it.
#[derive(Default)]
struct Borrows(Option<Error>);

impl Borrows {
    fn of(ty: &Type) -> Option<Error> {
        let mut borrows = Self::default();
        borrows.visit_type(ty);
        borrows.0
    }

    fn found(&mut self, at: impl quote::ToTokens, what: &str) {
        self.0.get_or_insert_with(|| {
            let message = format!(
                "the arguments are moved to another thread, which a borrow cannot reach: {what}, \
                 or write `#[dispatch(inline)]` if the body is cheap"
            );
            Error::new_spanned(at, message)
        });
    }
}

impl<'ast> Visit<'ast> for Borrows {
    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        if reference.lifetime.as_ref().is_none_or(|lifetime| lifetime.ident != "static") {
            self.found(reference, owned_form(&reference.elem));
        }
        visit::visit_type_reference(self, reference);
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        if lifetime.ident != "static" {
            self.found(lifetime, "take an owned value");
        }
    }

    fn visit_type_fn_ptr(&mut self, _: &'ast TypeFnPtr) {}

    fn visit_parenthesized_generic_arguments(&mut self, _: &'ast ParenthesizedGenericArguments) {}

    fn visit_bound_lifetimes(&mut self, _: &'ast BoundLifetimes) {}
}

/// What to write instead of a borrow of `ty`.
fn owned_form(ty: &Type) -> &'static str {
    let name = match ty {
        Type::Slice(_) => return "take a `Vec`",
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    };
    match name.as_deref() {
        Some("str") => "take a `String`",
        Some("Path") => "take a `PathBuf`",
        _ => "take an owned value or an `Arc`",
    }
}
