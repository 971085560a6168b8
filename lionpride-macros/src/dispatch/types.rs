//! What the text of a type shows: borrows, parameters, `impl Trait`.

use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    BoundLifetimes, Expr, GenericArgument, GenericParam, Generics, Ident, Lifetime,
    ParenthesizedGenericArguments, PathArguments, Receiver, ReceiverKind, Type, TypeFnPtr,
    TypeReference,
};

use crate::hygiene::at;

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
            ReceiverKind::Reference(_, Some(lifetime), _) if lifetime.ident == "static" => {
                Self::Owned
            }
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

/// Whether `owned` can be expected to know what to do with a type that borrows. The names are
/// hints to a reader; what holds is the type.
pub(super) fn is_lendable(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => {
            !is_object(&reference.elem) && first(&reference.elem).is_none()
        }
        Type::Paren(ty) => is_lendable(&ty.elem),
        Type::Group(ty) => is_lendable(&ty.elem),
        ty => match only_argument(ty, "Option") {
            Some(ty) => is_lendable(ty),
            None => is_named(ty, "Cow") && all(ty).len() == 1,
        },
    }
}

fn is_object(ty: &Type) -> bool {
    match ty {
        Type::TraitObject(_) => true,
        Type::Paren(ty) => is_object(&ty.elem),
        Type::Group(ty) => is_object(&ty.elem),
        _ => false,
    }
}

fn is_named(ty: &Type, name: &str) -> bool {
    match ty {
        Type::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == name),
        _ => false,
    }
}

/// The `T` of a `Name<T>`, under whatever path.
pub(super) fn only_argument<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == name)?;
    let PathArguments::AngleBracketed(args) = &last.arguments else { return None };
    match args.args.first() {
        Some(GenericArgument::Type(ty)) => Some(ty),
        _ => None,
    }
}

/// What to write instead of a borrow of `ty`.
pub(super) fn owned_form(ty: &Type) -> &'static str {
    let name = match ty {
        Type::Slice(_) => return "take a `Vec`",
        ty if is_object(ty) => return "take an `Arc<dyn ..>`",
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    };
    match name.as_deref() {
        Some("str") => "take a `String`",
        Some("Path") => "take a `PathBuf`",
        _ => "take an owned value or an `Arc`",
    }
}

/// Whether a type speaks of one of the type parameters.
pub(super) fn mentions_parameter(ty: &Type, generics: &Generics) -> bool {
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
            *ty = Type::Verbatim(quote_spanned!(at(ty.span())=> _));
            self.found = true;
            return;
        }
        visit_mut::visit_type_mut(self, ty);
    }

    fn visit_expr_mut(&mut self, _: &mut Expr) {}
}
