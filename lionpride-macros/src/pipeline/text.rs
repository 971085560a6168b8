//! Tokens as a person would have written them. A token no longer knows the space beside it, so that
//! this is a guess: it only ever shows in a plan.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The text of a stage, on one line.
pub(crate) fn of(tokens: impl IntoIterator<Item = TokenTree>) -> String {
    let mut text = Text::default();
    text.extend(tokens);
    text.written
}

/// A piece of source that stands between spaces, or does not.
#[derive(Clone, Copy, PartialEq, Default)]
enum Piece {
    /// The start, an opening delimiter, a prefix or a path separator: what follows sticks to it.
    #[default]
    Open,
    /// A name, a literal, a closing delimiter.
    Word,
    /// An operator, a comma, a keyword: a space follows.
    Spaced,
}

#[derive(Default)]
struct Text {
    written: String,
    last: Piece,
    /// Whether a closure's arguments are being written, behind its first `|`.
    arguments: bool,
    /// How many `<` of a path are open.
    angles: usize,
}

impl Text {
    fn extend(&mut self, tokens: impl IntoIterator<Item = TokenTree>) {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(tree) = tokens.next() {
            match tree {
                TokenTree::Group(group) => self.group(group.delimiter(), group.stream()),
                TokenTree::Ident(ident) => self.ident(&ident.to_string()),
                TokenTree::Literal(literal) => self.word(&literal.to_string()),
                TokenTree::Punct(punct) => {
                    let mut operator = String::from(punct.as_char());
                    while let Some(TokenTree::Punct(next)) = tokens.peek() {
                        let longer = format!("{operator}{}", next.as_char());
                        let closes = self.angles > 0 && operator == ">";
                        if closes || !OPERATORS.contains(&longer.as_str()) {
                            break;
                        }
                        operator = longer;
                        tokens.next();
                    }
                    self.punct(&operator);
                }
            }
        }
    }

    fn group(&mut self, delimiter: Delimiter, stream: TokenStream) {
        let (open, close, pad) = match delimiter {
            Delimiter::Parenthesis => ("(", ")", ""),
            Delimiter::Bracket => ("[", "]", ""),
            Delimiter::Brace => ("{", "}", " "),
            Delimiter::None => ("", "", ""),
        };
        if self.last == Piece::Spaced || (self.last == Piece::Word && delimiter == Delimiter::Brace)
        {
            self.space();
        }
        let inner = of(stream);
        let pad = if inner.is_empty() { "" } else { pad };
        self.push(&format!("{open}{pad}{inner}{pad}{close}"), Piece::Word);
    }

    fn ident(&mut self, ident: &str) {
        let keyword = ["move", "async", "mut", "as", "in", "if", "else", "match", "return", "ref"];
        self.word(ident);
        if keyword.contains(&ident) {
            self.last = Piece::Spaced;
        }
    }

    fn word(&mut self, word: &str) {
        if self.last != Piece::Open {
            self.space();
        }
        self.push(word, Piece::Word);
    }

    fn punct(&mut self, operator: &str) {
        match operator {
            "::" | "." => self.push(operator, Piece::Open),
            "?" => self.push(operator, Piece::Word),
            "," | ";" | ":" => self.push(operator, Piece::Spaced),
            "<" if self.written.ends_with("::") || self.arguments || self.angles > 0 => {
                self.angles += 1;
                self.push(operator, Piece::Open);
            }
            ">" if self.angles > 0 => {
                self.angles -= 1;
                self.push(operator, Piece::Word);
            }
            "|" if self.arguments => {
                self.arguments = false;
                self.push(operator, Piece::Spaced);
            }
            "!" if self.last == Piece::Word => self.push(operator, Piece::Open),
            "|" | "||" if self.last != Piece::Word => {
                self.arguments = operator == "|";
                let after = if self.arguments { Piece::Open } else { Piece::Spaced };
                self.before_prefix();
                self.push(operator, after);
            }
            "&" | "*" | "-" | "!" | "'" | "&&" if self.last != Piece::Word => {
                self.before_prefix();
                self.push(operator, Piece::Open);
            }
            _ => {
                self.space();
                self.push(operator, Piece::Spaced);
            }
        }
    }

    fn before_prefix(&mut self) {
        if self.last == Piece::Spaced {
            self.space();
        }
    }

    fn space(&mut self) {
        if !self.written.is_empty() {
            self.written.push(' ');
        }
    }

    fn push(&mut self, piece: &str, last: Piece) {
        self.written.push_str(piece);
        self.last = last;
    }
}

/// The operators of more than one character, and their beginnings.
const OPERATORS: &[&str] = &[
    "::", "->", "=>", "==", "!=", "<=", ">=", "&&", "||", "<<", ">>", "+=", "-=", "*=", "/=", "%=",
    "^=", "&=", "|=", "..", "..=", "<<=", ">>=",
];

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn reads_as_it_was_written() {
        for text in [
            "parse?",
            "inline(classify)",
            "on(DB, store)?",
            "on(pools::DB, |x| store(x)?)",
            "on(&self.pools[0], store)",
            "Order::parse",
            "Vec::<u8>::len",
            "str::parse::<Vec<i32>>?",
            "|n| n + 1",
            "(|x| store(x))?",
            "|(a, b): (u32, u32)| a * b",
            "move |m| record(Arc::clone(&catalog), m)?",
            "|x| async move { x }",
            "async move |x: &str| x.len()",
            "|s: String| s.to_uppercase() == \"A\" && !s.is_empty()",
            "|x| format!(\"{x}\")",
            "|_| ()",
            "|| 5",
            "|v: Vec<u8>| v[0]",
            "|n| -n",
            "|n| if n > 1 { n } else { 0 }",
            "crate::stages::f",
        ] {
            let tokens: proc_macro2::TokenStream = text.parse().unwrap();
            assert_eq!(of(tokens), text);
        }
    }
}
