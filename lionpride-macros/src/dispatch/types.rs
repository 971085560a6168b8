//! What the text of a type shows: borrows, parameters, `impl Trait`.

use quote::quote;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    BoundLifetimes, Expr, GenericParam, Generics, Ident, Lifetime, ParenthesizedGenericArguments,
    Receiver, ReceiverKind, Type, TypeFnPtr, TypeImplTrait, TypeReference,
};

/// A borrow that is not `'static`.
pub(super) enum Borrow<'ast> {
    Reference(&'ast TypeReference),
    /// `'_` or `'a` in a path, a trait object or an `impl Trait`.
    Lifetime(&'ast Lifetime),
}

/// How a method has its `self`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lease {
    Owned,
    Shared,
    Mutable,
}

impl Lease {
    pub(super) fn of(receiver: &Receiver) -> Self {
        match &receiver.kind {
            ReceiverKind::Value => Self::Owned,
            ReceiverKind::Reference(_, _, None) => Self::Shared,
            ReceiverKind::Typed(_, ty) => Self::of_type(ty),
            _ => Self::Mutable,
        }
    }

    pub(super) fn of_type(ty: &Type) -> Self {
        let borrows = all(ty);
        if borrows.iter().any(Borrow::is_mutable) {
            Self::Mutable
        } else if borrows.is_empty() {
            Self::Owned
        } else {
            Self::Shared
        }
    }
}

impl Borrow<'_> {
    pub(super) fn is_mutable(&self) -> bool {
        matches!(self, Self::Reference(reference) if reference.mutability.is_some())
    }
}

/// The first borrow in a type.
pub(super) fn first(ty: &Type) -> Option<Borrow<'_>> {
    all(ty).into_iter().next()
}

/// Every borrow in a type, from the outside in. The arguments of a function type are the business
/// of those who call it.
pub(super) fn all(ty: &Type) -> Vec<Borrow<'_>> {
    let mut borrows = Borrows(Vec::new());
    borrows.visit_type(ty);
    borrows.0
}

struct Borrows<'ast>(Vec<Borrow<'ast>>);

impl<'ast> Visit<'ast> for Borrows<'ast> {
    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        if reference.lifetime.as_ref().is_none_or(|lifetime| lifetime.ident != "static") {
            self.0.push(Borrow::Reference(reference));
        }
        self.visit_type(&reference.elem);
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        if lifetime.ident != "static" {
            self.0.push(Borrow::Lifetime(lifetime));
        }
    }

    fn visit_type_fn_ptr(&mut self, _: &'ast TypeFnPtr) {}

    fn visit_parenthesized_generic_arguments(&mut self, _: &'ast ParenthesizedGenericArguments) {}

    fn visit_bound_lifetimes(&mut self, _: &'ast BoundLifetimes) {}
}

/// What to write instead of a borrow of `ty`.
pub(super) fn owned_form(ty: &Type) -> &'static str {
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

/// Whether a type speaks of a type parameter: by its name, or as `impl Trait`.
pub(super) fn is_generic(ty: &Type, generics: &Generics) -> bool {
    let mut mentions = Mentions { generics, found: false };
    mentions.visit_type(ty);
    mentions.found
}

struct Mentions<'a> {
    generics: &'a Generics,
    found: bool,
}

impl<'ast> Visit<'ast> for Mentions<'_> {
    fn visit_ident(&mut self, ident: &'ast Ident) {
        self.found |= self.generics.params.iter().any(|param| match param {
            GenericParam::Type(param) => param.ident == *ident,
            _ => false,
        });
        visit::visit_ident(self, ident);
    }

    fn visit_type_impl_trait(&mut self, _: &'ast TypeImplTrait) {
        self.found = true;
    }
}

/// A type with `_` for each `impl Trait`, which can be named in signatures only.
pub(super) struct Hidden {
    pub(super) ty: Type,
    pub(super) has_impl: bool,
}

impl Hidden {
    pub(super) fn of(ty: &Type) -> Self {
        let mut hide = HideImpl { found: false };
        let mut ty = ty.clone();
        hide.visit_type_mut(&mut ty);
        Self { ty, has_impl: hide.found }
    }
}

struct HideImpl {
    found: bool,
}

impl VisitMut for HideImpl {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::ImplTrait(_) = ty {
            *ty = Type::Verbatim(quote!(_));
            self.found = true;
            return;
        }
        visit_mut::visit_type_mut(self, ty);
    }

    fn visit_expr_mut(&mut self, _: &mut Expr) {}
}
