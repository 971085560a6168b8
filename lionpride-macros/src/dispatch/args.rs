//! The words between the parentheses of `#[dispatch(..)]`.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser, Result};
use syn::spanned::Spanned;
use syn::{Error, Expr, ExprPath, LitStr, Path, Token, parenthesized};

use super::model::Place;
use super::words;
use crate::error::Errors;
use crate::hygiene::at;
use crate::krate;

/// The options, each at most once. The user's tokens are kept for their spans.
#[derive(Clone, Default)]
pub(super) struct Options {
    pub(super) inline: Option<Ident>,
    pub(super) owned: Option<Ident>,
    pub(super) on: Option<On>,
    pub(super) shield: Option<Ident>,
    pub(super) locals: Option<Locals>,
    pub(super) allow_blocking: Option<Ident>,
    pub(super) skip: Option<Ident>,
    krate: Option<Path>,
    /// Said by this macro to itself: the other attributes have had their turn. And where it was.
    pub(super) deferred: Option<Place>,
    /// Whether some were not understood: what is missing may have been meant.
    pub(super) mistaken: bool,
}

/// `on = PATH`.
#[derive(Clone)]
pub(super) struct On {
    pub(super) word: Ident,
    pub(super) path: Path,
}

/// `locals(KEY, ..)`.
#[derive(Clone)]
pub(super) struct Locals {
    pub(super) word: Ident,
    pub(super) keys: Vec<Path>,
}

/// Where a function can be deferred, and how it is said.
const DEFERRED: [(&str, Place); 3] = [
    ("__deferred", Place::Alone),
    ("__deferred_in_trait", Place::Trait),
    ("__deferred_in_implementation", Place::Implementation),
];

impl Options {
    /// Reads all there are: a mistake in one does not hide the next.
    pub(super) fn parse(args: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        let before = errors.len();
        let read = |input: ParseStream<'_>| {
            while !input.is_empty() {
                if let Err(error) = options.parse_one(input) {
                    errors.push(error);
                    skip_to_comma(input)?;
                }
                input.parse::<Option<Token![,]>>()?;
            }
            Ok(())
        };
        if let Err(error) = read.parse2(args) {
            errors.push(error);
        }
        options.mistaken = errors.len() > before;
        options
    }

    /// One option, up to its comma.
    fn parse_one(&mut self, input: ParseStream<'_>) -> Result<()> {
        if input.peek(LitStr) {
            let text: LitStr = input.parse()?;
            return Err(Error::new(text.span(), words::quoted(&text.value())));
        }
        if !input.peek(Ident::peek_any) {
            return Err(input.error(format!("expected an option: {}", words::legal())));
        }
        let name = input.call(Ident::parse_any)?;
        match name.to_string().as_str() {
            "inline" => once(&mut self.inline, &name, bare(&name, input)?),
            "owned" => once(&mut self.owned, &name, bare(&name, input)?),
            "on" => once(&mut self.on, &name, on(&name, input)?),
            "shield" => once(&mut self.shield, &name, bare(&name, input)?),
            "allow_blocking" => once(&mut self.allow_blocking, &name, bare(&name, input)?),
            "skip" => once(&mut self.skip, &name, bare(&name, input)?),
            "locals" => once(&mut self.locals, &name, keys(&name, input)?),
            "crate" => once(&mut self.krate, &name, path(&name, input)?),
            word => match DEFERRED.iter().find(|(said, _)| *said == word) {
                Some((_, place)) => once(&mut self.deferred, &name, *place),
                None => Err(Error::new(name.span(), words::unknown(word))),
            },
        }?;
        if input.is_empty() || input.peek(Token![,]) {
            return Ok(());
        }
        Err(input.error("expected a comma between the options"))
    }

    /// The same options, of which some may have been meant otherwise.
    pub(super) fn or_mistaken(&self, mistaken: bool) -> Self {
        Self { mistaken: self.mistaken || mistaken, ..self.clone() }
    }

    /// What holds for a method of a block: what it says of itself comes first, and puts aside what
    /// would contradict it in what the block says of all of them.
    pub(super) fn for_method(&self, own: &Self) -> Self {
        let block = if own.inline.is_some() {
            Self { owned: None, on: None, shield: None, locals: None, ..self.clone() }
        } else if own.of_the_hop().next().is_some() {
            Self { inline: None, ..self.clone() }
        } else {
            self.clone()
        };
        let own = own.clone();
        Self {
            inline: own.inline.or(block.inline),
            owned: own.owned.or(block.owned),
            on: own.on.or(block.on),
            shield: own.shield.or(block.shield),
            locals: own.locals.or(block.locals),
            allow_blocking: own.allow_blocking.or(block.allow_blocking),
            skip: own.skip.or(block.skip),
            krate: own.krate.or(block.krate),
            deferred: own.deferred,
            mistaken: own.mistaken || block.mistaken,
        }
    }

    /// The path of the runtime crate, for code that stands for what is at `place`. The crate has its
    /// own name in itself, so that a path to anything else is wrong there, and only once.
    pub(super) fn krate(&self, place: Span) -> TokenStream {
        match &self.krate {
            Some(path) => quote_spanned!(at(path.span())=> #path::lionpride_concurrency),
            None => krate::default(place),
        }
    }

    /// The options that say how a body goes to another thread.
    pub(super) fn of_the_hop(&self) -> impl Iterator<Item = &Ident> {
        let on = self.on.as_ref().map(|on| &on.word);
        let locals = self.locals.as_ref().map(|locals| &locals.word);
        [self.owned.as_ref(), on, self.shield.as_ref(), locals].into_iter().flatten()
    }

    /// The same options for the same macro, which is to come again behind other attributes and will
    /// see the function alone.
    pub(super) fn deferred(&self, place: Place) -> TokenStream {
        let Self { inline, owned, shield, allow_blocking, skip, .. } = self;
        let words = [inline, owned, shield, allow_blocking, skip].into_iter().flatten();
        let words = words.map(ToTokens::to_token_stream);
        let on = self.on.iter().map(|On { word, path }| quote!(#word = #path));
        let locals = self.locals.iter().map(|Locals { word, keys }| quote!(#word(#(#keys),*)));
        let krate = self.krate.iter().map(|path| quote!(crate = #path));
        let word =
            DEFERRED.iter().find(|(_, of)| *of == place).map_or("__deferred", |(word, _)| word);
        let deferred = Ident::new(word, Span::mixed_site());
        let all = words.chain(on).chain(locals).chain(krate);
        quote!(#(#all,)* #deferred)
    }
}

fn once<T>(option: &mut Option<T>, name: &Ident, value: T) -> Result<()> {
    if option.replace(value).is_some() {
        let instead = if name == "locals" { "write all keys into one" } else { "remove one" };
        let message = format!("`{name}` is given twice: {instead}");
        return Err(Error::new(name.span(), message));
    }
    Ok(())
}

/// A word alone.
fn bare(name: &Ident, input: ParseStream<'_>) -> Result<Ident> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(name.clone());
    }
    if input.peek(Token![=]) || input.peek(syn::token::Paren) {
        return Err(input.error(format!("`{name}` takes no value: write `{name}` alone")));
    }
    Err(input.error("expected a comma between the options"))
}

/// `= PATH`
fn on(name: &Ident, input: ParseStream<'_>) -> Result<On> {
    const STATIC: &str = "a static dispatcher, as `static DB: Limiter`: write `on = DB`";
    let equals = input.parse::<Option<Token![=]>>()?;
    if equals.is_none() || input.is_empty() || input.peek(Token![,]) {
        return Err(Error::new(name.span(), format!("`on` takes the path of {STATIC}")));
    }
    if input.peek(LitStr) {
        return Err(input.error(format!("expected a path, without quotes, of {STATIC}")));
    }
    let message = format!("expected the path of {STATIC}");
    let span = input.span();
    match input.parse::<Expr>() {
        Ok(Expr::Path(ExprPath { attrs, qself: None, path })) if attrs.is_empty() => {
            Ok(On { word: name.clone(), path })
        }
        Ok(other) => Err(Error::new_spanned(other, message)),
        Err(_) => Err(Error::new(span, message)),
    }
}

/// `(KEY, ..)`
fn keys(name: &Ident, input: ParseStream<'_>) -> Result<Locals> {
    if !input.peek(syn::token::Paren) {
        let message = "`locals` takes the task-locals to carry: write `locals(KEY, ..)`";
        return Err(Error::new(name.span(), message));
    }
    let content;
    parenthesized!(content in input);
    let mut keys = Vec::new();
    while !content.is_empty() {
        match key(&content, &keys) {
            Ok(key) => keys.push(key),
            Err(error) => {
                // What is left unread would be a second error.
                content.parse::<TokenStream>()?;
                return Err(error);
            }
        }
    }
    if keys.is_empty() {
        let message = "`locals` without a task-local carries nothing: write `locals(KEY, ..)`";
        return Err(Error::new(name.span(), message));
    }
    Ok(Locals { word: name.clone(), keys })
}

/// One task-local, and its comma.
fn key(input: ParseStream<'_>, before: &[Path]) -> Result<Path> {
    let span = input.span();
    let key = input.call(Path::parse_mod_style).map_err(|_| {
        let message = "expected the path of a task-local, as it is: write `locals(KEY, ..)`";
        Error::new(span, message)
    })?;
    let text = key.to_token_stream().to_string();
    if before.iter().any(|other| other.to_token_stream().to_string() == text) {
        return Err(Error::new(key.span(), "this task-local is given twice: remove one"));
    }
    if !input.is_empty() && !input.peek(Token![,]) {
        return Err(input.error("expected a comma between the task-locals"));
    }
    input.parse::<Option<Token![,]>>()?;
    Ok(key)
}

/// `= path`
fn path(name: &Ident, input: ParseStream<'_>) -> Result<Path> {
    let equals = input.parse::<Option<Token![=]>>()?;
    if equals.is_none() || input.is_empty() || input.peek(Token![,]) {
        let message = "`crate` takes the path of this crate: write `crate = path`";
        return Err(Error::new(name.span(), message));
    }
    if input.peek(LitStr) {
        return Err(input.error("expected a path, without quotes: write `crate = path`"));
    }
    input.call(Path::parse_mod_style)
}

fn skip_to_comma(input: ParseStream<'_>) -> Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}
