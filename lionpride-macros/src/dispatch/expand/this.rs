//! A body whose `self` has another name: what `owned` lends in the place of `&self`.

use proc_macro2::{Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Item, Macro, Path, Result, UseTree, parse2};

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
        let mut block: Block = parse2(body.to_token_stream())?;
        // In its strings neither: they can capture names.
        let name = unused("this", &body.to_string());
        let mut rename = Rename { name, first: None };
        rename.visit_block_mut(&mut block);
        let content = block.stmts.iter().map(ToTokens::to_token_stream).collect();
        let name = rename.first.map(|span| Ident::new(&rename.name, span));
        Ok((Self { name }, with_content(body, content)))
    }
}

struct Rename {
    name: String,
    /// Where `self` stands first: the name has its hygiene.
    first: Option<Span>,
}

impl Rename {
    fn ident(&mut self, span: Span) -> Ident {
        self.first.get_or_insert(span);
        Ident::new(&self.name, span)
    }

    /// The tokens of a macro, where `self::module` is a path and `self` is what we look for.
    fn tokens(&mut self, tokens: TokenStream, format: Option<usize>) -> TokenStream {
        let mut before = Before::default();
        let mut tokens = tokens.into_iter().peekable();
        let mut renamed = TokenStream::new();
        while let Some(token) = tokens.next() {
            let next = tokens.peek();
            renamed.extend([match token.clone() {
                TokenTree::Ident(ident) if ident == "self" && !is_punct(next, ':') => {
                    self.ident(ident.span()).into()
                }
                TokenTree::Group(group) => {
                    let format = before.macro_name().and_then(|name| format_string(&name));
                    let content = self.tokens(group.stream(), format);
                    with_content(&group, content).into()
                }
                TokenTree::Literal(literal) if format == Some(before.commas) => {
                    self.captures(literal).into()
                }
                token => token,
            }]);
            before.pass(token);
        }
        renamed
    }

    /// `{self}` in a format string captures it by its name.
    fn captures(&mut self, literal: Literal) -> Literal {
        let Some(named) = rename_captures(&literal.to_string(), &self.name) else {
            return literal;
        };
        let Ok(mut renamed) = named.parse::<Literal>() else { return literal };
        self.first.get_or_insert(literal.span());
        renamed.set_span(literal.span());
        renamed
    }
}

/// What stands before a token of a macro.
#[derive(Default)]
struct Before {
    commas: usize,
    two: [Option<TokenTree>; 2],
}

impl Before {
    fn pass(&mut self, token: TokenTree) {
        self.commas += usize::from(is_punct(Some(&token), ','));
        self.two.swap(0, 1);
        self.two[1] = Some(token);
    }

    /// The name in `name!`.
    fn macro_name(&self) -> Option<String> {
        match &self.two {
            [Some(TokenTree::Ident(name)), bang] if is_punct(bang.as_ref(), '!') => {
                Some(name.to_string())
            }
            _ => None,
        }
    }
}

fn is_punct(token: Option<&TokenTree>, expected: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == expected)
}

/// Which argument of a macro of the standard library is a format string.
fn format_string(name: &str) -> Option<usize> {
    match name {
        "format" | "format_args" | "print" | "println" | "eprint" | "eprintln" | "panic"
        | "todo" | "unimplemented" | "unreachable" => Some(0),
        "write" | "writeln" | "assert" | "debug_assert" => Some(1),
        "assert_eq" | "assert_ne" | "debug_assert_eq" | "debug_assert_ne" => Some(2),
        _ => None,
    }
}

/// The text with another name in each `{self}` and `{self:..}`, if there is any. `{{` is a brace.
fn rename_captures(text: &str, name: &str) -> Option<String> {
    let mut renamed = String::new();
    let mut rest = text;
    while let Some(brace) = rest.find('{') {
        let (passed, after) = rest.split_at(brace + 1);
        renamed.push_str(passed);
        rest = after;
        if let Some(escaped) = rest.strip_prefix('{') {
            renamed.push('{');
            rest = escaped;
        } else if let Some(end) =
            rest.strip_prefix("self").filter(|end| end.starts_with(['}', ':']))
        {
            renamed.push_str(name);
            rest = end;
        }
    }
    renamed.push_str(rest);
    (renamed != text).then_some(renamed)
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
        let name = mac.path.segments.last().map(|last| last.ident.to_string());
        let format = name.and_then(|name| format_string(&name));
        mac.tokens = self.tokens(std::mem::take(&mut mac.tokens), format);
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

#[cfg(test)]
mod tests {
    use super::rename_captures;

    #[test]
    fn captures_of_self_are_renamed_in_format_strings() {
        let renamed = |text| rename_captures(text, "this");
        assert_eq!(renamed(r#""{self} {self:>4}""#).as_deref(), Some(r#""{this} {this:>4}""#));
        assert_eq!(
            renamed(r#""{{self}} {self_} {} {{{self}}}""#).as_deref(),
            Some(r#""{{self}} {self_} {} {{{this}}}""#)
        );
        assert_eq!(renamed(r#""{{self}} self {selfish""#), None);
    }
}
