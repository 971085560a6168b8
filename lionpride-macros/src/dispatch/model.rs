//! What `#[dispatch]` stands on: a function, or a block of them.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream, Parser, Result};
use syn::{AttrStyle, Attribute, Error, LitStr, Signature, Token, Visibility, parse2};

use super::attrs;

/// Where a function stands decides what it may become.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// By itself, whatever is around it.
    Alone,
    /// In an `impl Type`.
    Inherent,
    /// In an `impl Trait for Type`, which promised what the trait declares.
    Implementation,
    /// In a `trait`.
    Trait,
    /// In a block above `#[async_trait]`, which takes async functions and boxes their futures.
    Boxed,
}

impl Place {
    /// Whether the signature is the business of a trait.
    pub(super) fn is_of_trait(self) -> bool {
        !matches!(self, Self::Alone | Self::Inherent)
    }
}

/// The item under the attribute.
pub(super) enum Item {
    Function(Box<Function>),
    Block(Block),
}

/// The body is not parsed: one that is still being typed keeps its function.
#[derive(Clone)]
pub(super) struct Function {
    pub(super) attrs: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) sig: Signature,
    pub(super) body: Body,
}

#[derive(Clone)]
pub(super) enum Body {
    Block(Group),
    /// A method that a trait only declares.
    Declared(Token![;]),
}

/// An `impl` block or a trait.
pub(super) struct Block {
    pub(super) place: Place,
    pub(super) attrs: Vec<Attribute>,
    /// Everything between them and the braces, as it was written.
    pub(super) head: TokenStream,
    pub(super) inner_attrs: Vec<Attribute>,
    pub(super) members: Vec<Member>,
    pub(super) braces: Group,
}

pub(super) enum Member {
    Function(Box<Function>),
    /// A constant, a type, a macro.
    Other(TokenStream),
}

impl Item {
    /// A body is not looked into: what comes last in braces is split off before anything is parsed.
    pub(super) fn parse(item: TokenStream) -> Result<Self> {
        let (head, braces) = split_braces(item);
        let kind = Self::kind.parse2(head.clone())?;
        match (kind, braces) {
            (Kind::Function, Some(braces)) => {
                let function = Head::parse.parse2(head)?.with(Body::Block(braces));
                Ok(Self::Function(Box::new(function)))
            }
            (Kind::Function, None) => parse2(head).map(Box::new).map(Self::Function),
            (Kind::Block, Some(braces)) => Block::parse(head, braces).map(Self::Block),
            (Kind::Block, None) => {
                let message = "expected an `impl` block or a trait with its braces";
                let last = head.into_iter().last();
                let place = last.map_or_else(Span::call_site, |token| token.span());
                Err(Error::new(place, message))
            }
        }
    }

    fn kind(input: ParseStream<'_>) -> Result<Kind> {
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        let kind = if begins_block(input) { Kind::Block } else { only_functions(input)? };
        input.parse::<TokenStream>()?;
        Ok(kind)
    }
}

enum Kind {
    Function,
    Block,
}

fn split_braces(item: TokenStream) -> (TokenStream, Option<Group>) {
    let mut tokens: Vec<TokenTree> = item.into_iter().collect();
    let braces = match tokens.pop() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => Some(group),
        other => {
            tokens.extend(other);
            None
        }
    };
    (tokens.into_iter().collect(), braces)
}

/// `impl`, `trait`, and the words that may stand before them.
fn begins_block(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    while ahead.peek(Token![unsafe]) || ahead.peek(Token![auto]) || ahead.peek(Token![default]) {
        if ahead.parse::<TokenTree>().is_err() {
            return false;
        }
    }
    ahead.peek(Token![impl]) || ahead.peek(Token![trait])
}

/// Everything else fails here, at its first token.
fn only_functions(input: ParseStream<'_>) -> Result<Kind> {
    if begins_function(input) {
        return Ok(Kind::Function);
    }
    let message = if input.peek(Token![mod]) {
        "`#[dispatch]` goes on a function, an `impl` block or a trait: write it on each one in here"
    } else {
        "`#[dispatch]` goes on a function, an `impl` block or a trait"
    };
    Err(Error::new(input.span(), message))
}

/// Modifiers, and then `fn`.
fn begins_function(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    while ahead.peek(Token![const])
        || ahead.peek(Token![async])
        || ahead.peek(Token![unsafe])
        || ahead.peek(Token![extern])
        || ahead.peek(LitStr)
    {
        if ahead.parse::<TokenTree>().is_err() {
            return false;
        }
    }
    ahead.peek(Token![fn])
}

/// A function up to its body.
struct Head {
    attrs: Vec<Attribute>,
    vis: Visibility,
    sig: Signature,
}

impl Head {
    fn with(self, body: Body) -> Function {
        let Self { attrs, vis, sig } = self;
        Function { attrs, vis, sig, body }
    }
}

impl Parse for Head {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        Ok(Self { attrs, vis: input.parse()?, sig: input.parse()? })
    }
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let head: Head = input.parse()?;
        let body = if input.peek(Token![;]) {
            Body::Declared(input.parse()?)
        } else {
            Body::Block(input.parse()?)
        };
        Ok(head.with(body))
    }
}

/// The inner attributes of a body, made outer ones, and the rest: what stands for the body has no
/// place for them.
pub(super) fn split_inner_attrs(body: Group) -> (Vec<Attribute>, Group) {
    let mut tokens = body.stream().into_iter();
    let is = |token: Option<TokenTree>, expected: char| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == expected);
    if !(is(tokens.next(), '#') && is(tokens.next(), '!')) {
        return (Vec::new(), body);
    }
    let split = |input: ParseStream<'_>| {
        let attrs = input.call(Attribute::parse_inner)?;
        Ok((attrs, input.parse::<TokenStream>()?))
    };
    match split.parse2(body.stream()) {
        Ok((attrs, rest)) if !attrs.is_empty() => {
            let outer = |attr| Attribute { style: AttrStyle::Outer, ..attr };
            (attrs.into_iter().map(outer).collect(), with_content(&body, rest))
        }
        _ => (Vec::new(), body),
    }
}

/// The user's delimiters around something else.
pub(super) fn with_content(group: &Group, content: TokenStream) -> Group {
    let mut around = Group::new(group.delimiter(), content);
    around.set_span(group.span());
    around
}

impl Block {
    fn parse(head: TokenStream, braces: Group) -> Result<Self> {
        let (place, is_trait) = read_head(&head)?;
        let split = |input: ParseStream<'_>| {
            Ok((input.call(Attribute::parse_outer)?, input.parse::<TokenStream>()?))
        };
        let (attrs, head) = split.parse2(head)?;
        let members = |input: ParseStream<'_>| {
            Ok((input.call(Attribute::parse_inner)?, Member::parse_all(input, is_trait)?))
        };
        let (inner_attrs, members) = members.parse2(braces.stream())?;
        Ok(Self { place, attrs, head, inner_attrs, members, braces })
    }
}

/// What kind of block it is: the parser tells it from the empty block. And whether it is a trait.
fn read_head(head: &TokenStream) -> Result<(Place, bool)> {
    let boxed = |attrs: &[Attribute]| attrs.iter().any(attrs::is_async_trait);
    match parse2(quote!(#head {}))? {
        syn::Item::Trait(item) if boxed(&item.attrs) => Ok((Place::Boxed, true)),
        syn::Item::Trait(_) => Ok((Place::Trait, true)),
        syn::Item::Impl(item) if item.trait_.is_none() => Ok((Place::Inherent, false)),
        syn::Item::Impl(item) if boxed(&item.attrs) => Ok((Place::Boxed, false)),
        syn::Item::Impl(_) => Ok((Place::Implementation, false)),
        other => Err(Error::new_spanned(other, "expected an `impl` block or a trait")),
    }
}

impl Member {
    fn parse_all(input: ParseStream<'_>, is_trait: bool) -> Result<Vec<Self>> {
        let mut members = Vec::new();
        while !input.is_empty() {
            members.push(Self::parse(input, is_trait)?);
        }
        Ok(members)
    }

    fn parse(input: ParseStream<'_>, is_trait: bool) -> Result<Self> {
        let ahead = input.fork();
        ahead.call(Attribute::parse_outer)?;
        ahead.parse::<Visibility>()?;
        if begins_function(&ahead) {
            return input.parse().map(Box::new).map(Self::Function);
        }
        Ok(Self::Other(if is_trait {
            input.parse::<syn::TraitItem>()?.into_token_stream()
        } else {
            input.parse::<syn::ImplItem>()?.into_token_stream()
        }))
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attrs, vis, sig, body } = self;
        tokens.extend(quote!(#(#attrs)* #vis #sig #body));
    }
}

impl ToTokens for Body {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Block(block) => block.to_tokens(tokens),
            Self::Declared(semi) => semi.to_tokens(tokens),
        }
    }
}
