//! The words between the parentheses of `#[dispatch(..)]`.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser, Result};
use syn::{Error, Ident, Path, Token};

use crate::krate;

/// The options, each at most once. The original tokens are kept for their spans.
#[derive(Default)]
pub(super) struct Args {
    pub(super) inline: Option<Ident>,
    krate: Option<Path>,
}

impl Args {
    pub(super) fn parse(args: TokenStream) -> Result<Self> {
        Self::parse_all.parse2(args)
    }

    fn parse_all(input: ParseStream<'_>) -> Result<Self> {
        let mut args = Self::default();
        while !input.is_empty() {
            args.parse_one(input)?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(args)
    }

    fn parse_one(&mut self, input: ParseStream<'_>) -> Result<()> {
        if !input.peek(Ident::peek_any) {
            return Err(input.error(format!("expected an option: {LEGAL}")));
        }
        let name = input.call(Ident::parse_any)?;
        if name == "inline" {
            if input.peek(Token![=]) {
                return Err(input.error("`inline` takes no value"));
            }
            once(&mut self.inline, &name, name.clone())
        } else if name == "crate" {
            input.parse::<Token![=]>()?;
            let path = input.call(Path::parse_mod_style)?;
            once(&mut self.krate, &name, path)
        } else {
            Err(Error::new(name.span(), format!("unknown option `{name}`: {LEGAL}")))
        }
    }

    /// The path of the runtime crate, for code that stands for what is at `place`.
    pub(super) fn krate(&self, place: Span) -> TokenStream {
        self.krate.as_ref().map_or_else(|| krate::default(place), |path| quote!(#path))
    }

    pub(super) fn inline_span(&self) -> Option<Span> {
        self.inline.as_ref().map(Ident::span)
    }
}

const LEGAL: &str = "the options are `inline` and `crate = path`";

fn once<T>(option: &mut Option<T>, name: &Ident, value: T) -> Result<()> {
    if option.replace(value).is_some() {
        return Err(Error::new(name.span(), format!("`{name}` is given twice")));
    }
    Ok(())
}
