//! Puts the copies beside the functions.

use quote::{ToTokens, format_ident};
use syn::ext::IdentExt;
use syn::{Attribute, ImplItem, ImplItemFn, Item, ItemFn, ItemImpl, Signature, parse_quote};

use super::types::Types;
use super::{Kind, Made};
use crate::counts::Run;
use crate::expansion;
use crate::subject::{Place, Subject};

pub(super) struct Beside {
    types: Types,
    pub(super) made: Made,
}

impl Beside {
    pub(super) fn new(types: Types) -> Self {
        Self { types, made: Made::default() }
    }

    pub(super) fn add_to(&mut self, items: &mut Vec<Item>) {
        let mut copies = Vec::new();
        for item in items.iter_mut() {
            match item {
                Item::Fn(item) if is_here(&item.attrs) => {
                    copies.extend(self.function(item).map(Item::Fn));
                }
                Item::Impl(item) if is_here(&item.attrs) => self.add_to_impl(item),
                Item::Mod(item) if is_here(&item.attrs) => {
                    item.content.iter_mut().for_each(|(_, items)| self.add_to(items));
                }
                _ => {}
            }
        }
        items.extend(copies);
    }

    /// A trait says which functions an `impl` of it has, so that there is no place for copies.
    fn add_to_impl(&mut self, item: &mut ItemImpl) {
        if item.trait_.is_some() {
            return;
        }
        let self_may_hop = self.types.self_may_hop(&item.generics, &item.self_ty);
        let copies: Vec<_> = item
            .items
            .iter()
            .filter_map(|method| match method {
                ImplItem::Fn(method) if is_here(&method.attrs) => self.method(method, self_may_hop),
                _ => None,
            })
            .collect();
        item.items.extend(copies.into_iter().map(ImplItem::Fn));
    }

    fn function(&mut self, item: &ItemFn) -> Option<ItemFn> {
        let subject = Subject::function(Place::Free, &item.sig, item);
        let kind = self.kind(&subject, &item.sig, true)?;
        let mut copy = item.clone();
        dispatch(kind, &mut copy.attrs, &mut copy.sig);
        Some(copy)
    }

    fn method(&mut self, item: &ImplItemFn, self_may_hop: bool) -> Option<ImplItemFn> {
        let subject = Subject::function(Place::InherentMethod, &item.sig, item);
        let kind = self.kind(&subject, &item.sig, self_may_hop)?;
        let mut copy = item.clone();
        dispatch(kind, &mut copy.attrs, &mut copy.sig);
        Some(copy)
    }

    /// What can become of a copy, if both the expander and the compiler take it.
    fn kind(&mut self, subject: &Subject, sig: &Signature, self_may_hop: bool) -> Option<Kind> {
        let takes = |options| matches!(expansion::run(subject, options), Ok(Run::Accepted));
        let may_hop = self_may_hop && self.types.may_hop(sig);
        let kind = if subject.is_async {
            takes("").then_some(Kind::StaysAsync)
        } else if may_hop && takes("") {
            Some(Kind::Hop)
        } else {
            (self.types.may_be_async(sig) && takes("inline")).then_some(Kind::Inline)
        };
        self.made.count(kind);
        kind
    }
}

fn dispatch(kind: Kind, attrs: &mut Vec<Attribute>, sig: &mut Signature) {
    let attr = match kind {
        Kind::Hop | Kind::StaysAsync => parse_quote!(#[::lionpride_concurrency::dispatch]),
        Kind::Inline => parse_quote!(#[::lionpride_concurrency::dispatch(inline)]),
    };
    attrs.insert(0, attr);
    sig.ident = format_ident!("__dispatched_{}", sig.ident.unraw());
}

/// Whether the item is compiled here, and may be there twice.
fn is_here(attrs: &[Attribute]) -> bool {
    let elsewhere = |attr: &Attribute| {
        let text = attr.meta.to_token_stream().to_string();
        let is_cfg_test = text.starts_with("cfg ") && text.contains("test");
        is_cfg_test || text == "test" || text.contains("no_mangle")
    };
    !attrs.iter().any(elsewhere)
}
