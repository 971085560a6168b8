//! What the expander wrote, parsed as what may stand in the item's place.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{File, ImplItem, Item, ItemImpl, ItemTrait, LitStr, Macro, Result, TraitItem, parse2};

use crate::subject::Place;

/// The errors in it, and the functions beside them.
#[derive(Default)]
pub(crate) struct Output {
    pub(crate) messages: Vec<String>,
    pub(crate) functions: Vec<String>,
}

impl Output {
    pub(crate) fn parse(place: Place, tokens: &TokenStream) -> Result<Self> {
        let mut output = Self::default();
        match place {
            Place::Free | Place::Impl | Place::Trait => {
                output.items(&parse2::<File>(tokens.clone())?.items);
            }
            Place::InherentMethod => {
                output.impl_items(&parse2::<ItemImpl>(quote!(impl X { #tokens }))?.items);
            }
            Place::TraitImplMethod => {
                output.impl_items(&parse2::<ItemImpl>(quote!(impl T for X { #tokens }))?.items);
            }
            Place::TraitMethod => {
                output.trait_items(&parse2::<ItemTrait>(quote!(trait T { #tokens }))?.items);
            }
        }
        Ok(output)
    }

    fn items(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Fn(item) => self.functions.push(item.sig.ident.to_string()),
                Item::Macro(item) => self.message(&item.mac),
                Item::Impl(item) => self.impl_items(&item.items),
                Item::Trait(item) => self.trait_items(&item.items),
                _ => {}
            }
        }
    }

    fn impl_items(&mut self, items: &[ImplItem]) {
        for item in items {
            match item {
                ImplItem::Fn(item) => self.functions.push(item.sig.ident.to_string()),
                ImplItem::Macro(item) => self.message(&item.mac),
                _ => {}
            }
        }
    }

    fn trait_items(&mut self, items: &[TraitItem]) {
        for item in items {
            match item {
                TraitItem::Fn(item) => self.functions.push(item.sig.ident.to_string()),
                TraitItem::Macro(item) => self.message(&item.mac),
                _ => {}
            }
        }
    }

    /// An error of the expander's has the full path, which nobody writes by hand.
    fn message(&mut self, mac: &Macro) {
        let is_ours = mac.path.leading_colon.is_some()
            && mac.path.segments.last().is_some_and(|last| last.ident == "compile_error");
        if is_ours {
            let text = mac.parse_body::<LitStr>().map(|text| text.value());
            self.messages.push(text.unwrap_or_else(|_| "not a string".to_owned()));
        }
    }
}
