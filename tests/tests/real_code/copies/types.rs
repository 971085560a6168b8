//! What the signature of a function has to do with other threads, as far as its text shows it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use syn::visit::{self, Visit};
use syn::{
    File, GenericArgument, GenericParam, Generics, Ident, ItemEnum, ItemMacro, ItemStruct,
    ItemType, ItemUnion, Lifetime, PathArguments, PathSegment, ReturnType, Signature, Type,
    TypeImplTrait, TypePtr, TypeReference, TypeTraitObject,
};

/// The types of a crate, by name, and some of the standard library.
pub(super) struct Types {
    /// Those that stay on their thread, or may do so.
    local: BTreeSet<String>,
    /// Those with a lifetime.
    borrowing: BTreeSet<String>,
}

const LOCAL: [&str; 8] = [
    "Rc",
    "RefCell",
    "Cell",
    "UnsafeCell",
    "NonNull",
    "MutexGuard",
    "RwLockReadGuard",
    "RwLockWriteGuard",
];
const BORROWING: [&str; 7] =
    ["Arguments", "Chars", "CharIndices", "Components", "Context", "Formatter", "Iter"];

impl Types {
    pub(super) fn of(sources: &[(PathBuf, File)]) -> Self {
        let mut types = Self {
            local: LOCAL.map(str::to_owned).into(),
            borrowing: BORROWING.map(str::to_owned).into(),
        };
        // A type that holds a local one is local too.
        loop {
            let before = types.local.len();
            for (_, file) in sources {
                types.visit_file(file);
            }
            if types.local.len() == before {
                return types;
            }
        }
    }

    /// Whether the arguments and the result can cross a thread. A type parameter would have to be
    /// `Send + 'static`.
    pub(super) fn may_hop(&self, sig: &Signature) -> bool {
        !type_params(&sig.generics) && !self.find(|found| found.visit_signature(sig)).local
    }

    /// Whether a `self` of this type can.
    pub(super) fn self_may_hop(&self, generics: &Generics, ty: &Type) -> bool {
        generics.params.is_empty() && !self.find(|found| found.visit_type(ty)).local
    }

    /// Whether the compiler takes the function as an `async fn`: no lifetime may be left away from
    /// a path, and `U: 'a` does not follow from a result that holds both.
    pub(super) fn may_be_async(&self, sig: &Signature) -> bool {
        let found = self.find(|found| found.visit_signature(sig));
        let ReturnType::Type(_, output) = &sig.output else { return !found.hidden };
        let bounded =
            type_params(&sig.generics) && self.find(|found| found.visit_type(output)).named;
        !found.hidden && !bounded
    }

    fn find(&self, look: impl FnOnce(&mut Found<'_>)) -> Found<'_> {
        let mut found = Found { types: self, local: false, hidden: false, named: false };
        look(&mut found);
        found
    }

    fn declare(&mut self, name: &Ident, generics: &Generics, look: impl FnOnce(&mut Found<'_>)) {
        if self.find(look).local {
            self.local.insert(name.to_string());
        }
        if generics.lifetimes().next().is_some() {
            self.borrowing.insert(name.to_string());
        }
    }
}

fn type_params(generics: &Generics) -> bool {
    generics.params.iter().any(|param| matches!(param, GenericParam::Type(_)))
}

impl<'ast> Visit<'ast> for Types {
    fn visit_item_struct(&mut self, item: &'ast ItemStruct) {
        self.declare(&item.ident, &item.generics, |found| found.visit_fields(&item.fields));
    }

    fn visit_item_enum(&mut self, item: &'ast ItemEnum) {
        self.declare(&item.ident, &item.generics, |found| {
            item.variants.iter().for_each(|variant| found.visit_fields(&variant.fields));
        });
    }

    fn visit_item_union(&mut self, item: &'ast ItemUnion) {
        self.declare(&item.ident, &item.generics, |found| found.visit_fields_named(&item.fields));
    }

    fn visit_item_type(&mut self, item: &'ast ItemType) {
        self.declare(&item.ident, &item.generics, |found| found.visit_type(&item.ty));
    }

    fn visit_item_macro(&mut self, item: &'ast ItemMacro) {
        if let Ok(file) = item.mac.parse_body::<File>() {
            self.visit_file(&file);
        }
    }
}

/// What there is in the types of a signature.
struct Found<'a> {
    types: &'a Types,
    /// Something that must not, or need not, leave its thread.
    local: bool,
    /// A path without its lifetime.
    hidden: bool,
    /// A lifetime with a name.
    named: bool,
}

impl<'ast> Visit<'ast> for Found<'_> {
    fn visit_path_segment(&mut self, segment: &'ast PathSegment) {
        let name = segment.ident.to_string();
        let borrowing = self.types.borrowing.contains(&name);
        self.local |= borrowing || self.types.local.contains(&name);
        self.hidden |= borrowing && !has_lifetime(&segment.arguments);
        visit::visit_path_segment(self, segment);
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        self.local |= lifetime.ident != "static";
        self.named |= lifetime.ident != "static" && lifetime.ident != "_";
    }

    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        self.local |= reference.lifetime.is_none();
        visit::visit_type_reference(self, reference);
    }

    fn visit_type_ptr(&mut self, pointer: &'ast TypePtr) {
        self.local = true;
        visit::visit_type_ptr(self, pointer);
    }

    fn visit_type_impl_trait(&mut self, ty: &'ast TypeImplTrait) {
        self.local = true;
        visit::visit_type_impl_trait(self, ty);
    }

    fn visit_type_trait_object(&mut self, ty: &'ast TypeTraitObject) {
        self.local = true;
        visit::visit_type_trait_object(self, ty);
    }
}

fn has_lifetime(arguments: &PathArguments) -> bool {
    let PathArguments::AngleBracketed(arguments) = arguments else { return false };
    arguments.args.iter().any(|argument| matches!(argument, GenericArgument::Lifetime(_)))
}
