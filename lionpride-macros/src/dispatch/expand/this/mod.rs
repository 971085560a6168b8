//! A body whose `self` has another name: what `owned` lends in the place of `&self`.

mod captures;
mod macros;

use proc_macro2::{Group, Ident, Literal, Span};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Item, Macro, Path, Result, UseTree, parse2};

use self::macros::Kind;
use crate::dispatch::model::with_content;
use crate::hygiene::unused;

/// The name that stands for `self` in the body, if the body speaks of it.
pub(super) struct This {
    pub(super) name: Option<Ident>,
}

impl This {
    /// Replaces `self` in a body, which has to parse for that.
    // Input:  { self.a + dbg!(self.b) + m::self_made() }
    // Output: { this.a + dbg!(this.b) + m::self_made() }
    pub(super) fn instead_of_self(body: &Group) -> Result<(Self, Group)> {
        let (block, rename) = renamed(body)?;
        let content = block.stmts.iter().map(ToTokens::to_token_stream).collect();
        let name = rename.first.map(|span| Ident::new(&rename.name, span));
        Ok((Self { name }, with_content(body, content)))
    }
}

/// The strings in a body of which nobody can tell whether they capture `self`.
pub(in crate::dispatch) fn unclear(body: &Group) -> Vec<Literal> {
    renamed(body).map_or_else(|_| Vec::new(), |(_, rename)| rename.unclear)
}

fn renamed(body: &Group) -> Result<(Block, Rename)> {
    let mut block: Block = parse2(body.to_token_stream())?;
    // In its strings neither: they can capture names.
    let name = unused("this", &body.to_string());
    let mut rename = Rename { name, first: None, unclear: Vec::new() };
    rename.visit_block_mut(&mut block);
    Ok((block, rename))
}

struct Rename {
    name: String,
    /// Where `self` stands first: the name has its hygiene.
    first: Option<Span>,
    unclear: Vec<Literal>,
}

impl Rename {
    fn ident(&mut self, span: Span) -> Ident {
        self.first.get_or_insert(span);
        Ident::new(&self.name, span)
    }
}

impl VisitMut for Rename {
    fn visit_path_mut(&mut self, path: &mut Path) {
        if path.is_ident("self") {
            if let Some(only) = path.segments.first_mut() {
                only.ident = self.ident(only.ident.span());
            }
        }
        visit_mut::visit_path_mut(self, path);
    }

    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        let kind = Kind::of(mac);
        mac.tokens = self.tokens(std::mem::take(&mut mac.tokens), kind);
    }

    /// An item in the body has a `self` of its own, or none; a macro that is defined there has the
    /// method's.
    fn visit_item_mut(&mut self, item: &mut Item) {
        if let Item::Macro(item) = item {
            self.visit_macro_mut(&mut item.mac);
        }
    }

    fn visit_use_tree_mut(&mut self, _: &mut UseTree) {}
}
