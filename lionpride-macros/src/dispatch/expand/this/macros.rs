//! `self` among the tokens of a macro, of which only its name says what it makes of them.

use proc_macro2::{Delimiter, Literal, Punct, Spacing, TokenStream, TokenTree};
use syn::Macro;

use super::{Rename, captures};
use crate::dispatch::model::with_content;

/// What is known of a macro by its name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Which argument is a format string.
    Formats(usize),
    /// Fields with names, and then a format string; whether it is `tracing`'s for certain.
    Logs { certainly: bool },
    /// The name of a span, and then its fields.
    Spans { certainly: bool },
    /// No format string.
    Plain,
    /// Neither does it use its tokens as code.
    Shows,
    /// One that others have written, as `macro_rules!`.
    Unknown,
}

impl Kind {
    pub(super) fn of(mac: &Macro) -> Self {
        let segments = &mac.path.segments;
        let Some(last) = segments.last() else { return Self::Unknown };
        let is_tracing = segments.len() > 1 && segments[0].ident == "tracing";
        Self::named(&last.ident.to_string(), is_tracing)
    }

    fn named(name: &str, is_tracing: bool) -> Self {
        match name {
            "anyhow" | "bail" | "eprint" | "eprintln" | "eyre" | "format" | "format_args"
            | "panic" | "print" | "println" | "todo" | "unimplemented" | "unreachable" => {
                Self::Formats(0)
            }
            "assert" | "debug_assert" | "ensure" | "write" | "writeln" => Self::Formats(1),
            "assert_eq" | "assert_ne" | "debug_assert_eq" | "debug_assert_ne" => Self::Formats(2),
            "trace" | "debug" | "info" | "warn" | "error" | "event" | "log" => {
                Self::Logs { certainly: is_tracing }
            }
            "span" | "trace_span" | "debug_span" | "info_span" | "warn_span" | "error_span" => {
                Self::Spans { certainly: is_tracing }
            }
            "concat" | "dbg" | "join" | "macro_rules" | "matches" | "pin" | "ready" | "select"
            | "try_join" | "vec" => Self::Plain,
            "stringify" => Self::Shows,
            _ => Self::Unknown,
        }
    }
}

impl Rename {
    /// Renames `self`, except where it is a path (`self::module`), a name (`self = value`), or
    /// another function's.
    pub(super) fn tokens(&mut self, tokens: TokenStream, kind: Kind) -> TokenStream {
        if kind == Kind::Shows {
            return tokens;
        }
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is_given = (0..tokens.len()).any(|index| is_name(&tokens[index..]));
        let mut renamed = Vec::new();
        let mut commas = 0;
        let mut index = 0;
        while let [token, ..] = &tokens[index..] {
            let (before, rest) = tokens.split_at(index);
            let begins = before.last().is_none_or(|token| is_punct(token, ','));
            commas += usize::from(is_punct(token, ','));
            let untouched = function(rest).or_else(|| field_name(rest).filter(|_| begins));
            let shorthand = begins.then(|| kind.shorthand(before, rest)).flatten();
            index += if let Some(len) = shorthand {
                self.field(&rest[..len], &mut renamed);
                len
            } else if let Some(len) = untouched {
                renamed.extend_from_slice(&rest[..len]);
                len
            } else {
                let is_text = matches!(token, TokenTree::Literal(_));
                let formats = is_text && !is_given && kind.formats(before, commas);
                renamed.push(self.token(token, before, rest, kind, formats));
                1
            };
        }
        renamed.into_iter().collect()
    }

    fn token(
        &mut self,
        token: &TokenTree,
        before: &[TokenTree],
        rest: &[TokenTree],
        kind: Kind,
        formats: bool,
    ) -> TokenTree {
        match token {
            TokenTree::Ident(ident) if ident == "self" && !is_path(rest) => {
                self.ident(ident.span()).into()
            }
            TokenTree::Group(group) => {
                let inside = kind.inside(before, group.delimiter());
                with_content(group, self.tokens(group.stream(), inside)).into()
            }
            TokenTree::Literal(literal) if formats => self.captures(literal, kind).into(),
            token => token.clone(),
        }
    }

    fn captures(&mut self, literal: &Literal, kind: Kind) -> Literal {
        let Some(named) = captures::rename(&literal.to_string(), &self.name) else {
            return literal.clone();
        };
        if kind == Kind::Unknown {
            self.unclear.push(literal.clone());
            return literal.clone();
        }
        let Ok(mut renamed) = named.parse::<Literal>() else { return literal.clone() };
        self.first.get_or_insert(literal.span());
        renamed.set_span(literal.span());
        renamed
    }

    // Input:  %self.id
    // Output: self.id = %this.id
    fn field(&mut self, field: &[TokenTree], renamed: &mut Vec<TokenTree>) {
        let (sigil, name) = field.split_at(usize::from(matches!(field, [TokenTree::Punct(_), ..])));
        renamed.extend_from_slice(name);
        renamed.push(Punct::new('=', Spacing::Alone).into());
        renamed.extend_from_slice(sigil);
        renamed.extend(self.tokens(name.iter().cloned().collect(), Kind::Plain));
    }
}

impl Kind {
    /// Whether a literal stands for a format string here.
    fn formats(self, before: &[TokenTree], commas: usize) -> bool {
        match self {
            Self::Formats(at) => at == commas,
            Self::Logs { .. } => is_no_value(before) && !has_message(before),
            Self::Spans { .. } | Self::Plain | Self::Shows => false,
            Self::Unknown => true,
        }
    }

    fn has_fields(self) -> bool {
        matches!(self, Self::Logs { .. } | Self::Spans { .. })
    }

    /// What the tokens in a group are: the arguments of another macro, or code.
    fn inside(self, before: &[TokenTree], delimiter: Delimiter) -> Self {
        match before {
            [.., TokenTree::Ident(name), bang] if is_punct(bang, '!') => {
                let is_tracing = is_in_tracing(&before[..before.len() - 2]);
                Self::named(&name.to_string(), is_tracing)
            }
            _ if self.has_fields() && delimiter == Delimiter::Brace => self,
            _ => Self::Plain,
        }
    }

    /// How long the short form of a field is, whose name `self` is a part of.
    fn shorthand(self, before: &[TokenTree], tokens: &[TokenTree]) -> Option<usize> {
        let certainly = match self {
            Self::Logs { certainly } if !has_message(before) => certainly,
            Self::Spans { certainly } => certainly,
            _ => return None,
        };
        let sigil = usize::from(is_punct(tokens.first()?, '%') || is_punct(tokens.first()?, '?'));
        let len = sigil + dotted(&tokens[sigil..])?;
        let ends = tokens.get(len).is_none_or(|token| is_punct(token, ','));
        (ends && (certainly || sigil == 1)).then_some(len)
    }
}

/// Whether what comes next is not the value of a field or of a `target:`.
fn is_no_value(before: &[TokenTree]) -> bool {
    !before.last().is_some_and(|token| is_punct(token, '=') || is_punct(token, ':'))
}

/// Whether the format string has been: arguments follow it.
fn has_message(before: &[TokenTree]) -> bool {
    let is_message = |(index, token): (usize, &TokenTree)| {
        matches!(token, TokenTree::Literal(_)) && is_no_value(&before[..index])
    };
    before.iter().enumerate().any(is_message)
}

fn is_punct(token: &TokenTree, expected: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == expected)
}

fn is_self(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == "self")
}

/// `tracing::` at the end.
fn is_in_tracing(tokens: &[TokenTree]) -> bool {
    match tokens {
        [.., TokenTree::Ident(name), first, second] => {
            name == "tracing" && is_punct(first, ':') && is_punct(second, ':')
        }
        _ => false,
    }
}

/// `self::`
fn is_path(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [_, first, second, ..] if is_punct(first, ':') && is_punct(second, ':'))
}

/// `self =`, but not `self ==` and not `self =>`.
fn is_name(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [this, equals, ..] if is_self(this) && is_equals(equals))
}

fn is_equals(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == '=' && punct.spacing() == Spacing::Alone)
}

/// How long `self.a.b` is.
fn dotted(tokens: &[TokenTree]) -> Option<usize> {
    tokens.first().filter(|token| is_self(token))?;
    let parts = tokens[1..].chunks_exact(2);
    let is_part =
        |part: &&[TokenTree]| is_punct(&part[0], '.') && matches!(part[1], TokenTree::Ident(_));
    Some(1 + 2 * parts.take_while(is_part).count())
}

/// How long `self.a.b` is before its `=`.
fn field_name(tokens: &[TokenTree]) -> Option<usize> {
    let len = dotted(tokens)?;
    tokens.get(len).filter(|token| is_equals(token)).map(|_| len)
}

/// How long a function is, which has a `self` of its own or none.
fn function(tokens: &[TokenTree]) -> Option<usize> {
    let [TokenTree::Ident(word), TokenTree::Ident(_), ..] = tokens else { return None };
    if word != "fn" {
        return None;
    }
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        token => is_punct(token, ';'),
    };
    Some(tokens.iter().position(ends).map_or(tokens.len(), |end| end + 1))
}
