//! What an attribute can stand on: the functions of a file, wherever they are, and the blocks that
//! they are in.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{
    File, ImplItem, ImplItemFn, ItemFn, ItemImpl, ItemMacro, ItemTrait, Signature, TraitItem,
    TraitItemFn,
};

/// Where an item is, which decides what its expansion has to parse as.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Free,
    InherentMethod,
    TraitImplMethod,
    TraitMethod,
    Impl,
    Trait,
}

impl Place {
    pub(crate) const ALL: [(Self, &'static str); 6] = [
        (Self::Free, "free functions"),
        (Self::InherentMethod, "methods of inherent impls"),
        (Self::TraitImplMethod, "methods of trait impls"),
        (Self::TraitMethod, "methods of traits"),
        (Self::Impl, "impl blocks"),
        (Self::Trait, "traits"),
    ];

    pub(crate) fn is_function(self) -> bool {
        !matches!(self, Self::Impl | Self::Trait)
    }
}

pub(crate) struct Subject {
    pub(crate) place: Place,
    pub(crate) name: String,
    /// The names of the functions in it, or its own.
    pub(crate) functions: Vec<String>,
    pub(crate) is_async: bool,
    pub(crate) tokens: TokenStream,
}

impl Subject {
    pub(crate) fn function(place: Place, sig: &Signature, item: &impl ToTokens) -> Self {
        let (name, is_async) = (sig.ident.to_string(), sig.asyncness.is_some());
        let functions = vec![name.clone()];
        Self { place, name, functions, is_async, tokens: item.to_token_stream() }
    }

    fn impl_block(item: &ItemImpl) -> Self {
        let functions = item.items.iter().filter_map(|item| match item {
            ImplItem::Fn(item) => Some(item.sig.ident.to_string()),
            _ => None,
        });
        let name = item.self_ty.to_token_stream().to_string();
        Self::block(Place::Impl, name, functions.collect(), item)
    }

    fn trait_block(item: &ItemTrait) -> Self {
        let functions = item.items.iter().filter_map(|item| match item {
            TraitItem::Fn(item) => Some(item.sig.ident.to_string()),
            _ => None,
        });
        Self::block(Place::Trait, item.ident.to_string(), functions.collect(), item)
    }

    fn block(place: Place, name: String, functions: Vec<String>, item: &impl ToTokens) -> Self {
        Self { place, name, functions, is_async: false, tokens: item.to_token_stream() }
    }
}

/// Hands every subject of a file to `each`.
pub(crate) fn walk(file: &File, each: impl FnMut(Subject)) {
    Walk { each, methods: Place::InherentMethod }.visit_file(file);
}

struct Walk<F> {
    each: F,
    /// What a method of the block around is.
    methods: Place,
}

impl<'ast, F: FnMut(Subject)> Visit<'ast> for Walk<F> {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        (self.each)(Subject::function(Place::Free, &item.sig, item));
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        (self.each)(Subject::function(self.methods, &item.sig, item));
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        (self.each)(Subject::function(Place::TraitMethod, &item.sig, item));
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        (self.each)(Subject::impl_block(item));
        let of_trait = item.trait_.is_some();
        let methods = if of_trait { Place::TraitImplMethod } else { Place::InherentMethod };
        let around = std::mem::replace(&mut self.methods, methods);
        visit::visit_item_impl(self, item);
        self.methods = around;
    }

    fn visit_item_trait(&mut self, item: &'ast ItemTrait) {
        (self.each)(Subject::trait_block(item));
        visit::visit_item_trait(self, item);
    }

    /// Much of some crates is in macros like `cfg_rt! { .. }`, whose input is plain items.
    fn visit_item_macro(&mut self, item: &'ast ItemMacro) {
        if let Ok(file) = item.mac.parse_body::<File>() {
            self.visit_file(&file);
        }
    }
}
