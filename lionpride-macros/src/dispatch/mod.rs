//! `#[dispatch]`: args, model, check, expand.

mod args;
mod attrs;
mod blocking;
mod check;
mod conditions;
mod expand;
mod model;
mod types;
mod words;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Meta};

use self::args::Options;
use self::check::Subject;
use self::model::{Block, Body, Function, Item, Member, Place, with_content};
use crate::error::Errors;

/// On a mistake the item still comes out, awaitable, beside the errors: its callers have done
/// nothing wrong.
pub(crate) fn dispatch(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let options = Options::parse(args, &mut errors);
    let output = match Item::parse(item.clone()) {
        Ok(Item::Function(function)) => alone(&options, *function, item, &mut errors),
        Ok(Item::Block(block)) => block_of(&options, block, &mut errors),
        Err(error) => {
            errors.push(error);
            unless_expression(item)
        }
    };
    let errors = errors.into_compile_errors();
    quote!(#output #errors)
}

/// Beside a closure there is no place for errors: they take its place.
fn unless_expression(item: TokenStream) -> TokenStream {
    match syn::parse2::<syn::ExprClosure>(item.clone()) {
        Ok(_) => TokenStream::new(),
        Err(_) => item,
    }
}

/// A function with an attribute of its own. An async one is given back as it came.
fn alone(
    options: &Options,
    mut function: Function,
    item: TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    let twice = no_second(&mut function.attrs, errors);
    let options = options.or_mistaken(twice);
    let place = options.deferred.unwrap_or(Place::Alone);
    // What comes again has been looked at, and its block may have spoken for it.
    let said = if options.deferred.is_some() { Options::default() } else { options.clone() };
    let stays = function.sig.asyncness.is_some() || options.skip.is_some();
    if stays && place == Place::Alone {
        check_one(&Subject { function: &function, said: &said, options: &options, place }, errors);
        return if twice { quote!(#function) } else { item };
    }
    let one = |function| checked(&said, &options, place, function, errors);
    conditions::split(function).into_iter().map(one).collect()
}

/// Every function of an `impl` block or a trait.
fn block_of(options: &Options, block: Block, errors: &mut Errors) -> TokenStream {
    check::check_block(options, errors);
    let Block { place, mut attrs, head, inner_attrs, members, braces } = block;
    let twice = no_second(&mut attrs, errors);
    let options = options.or_mistaken(twice);
    let members = members.into_iter().map(|member| match member {
        Member::Function(function) => method(&options, place, *function, errors),
        Member::Other(tokens) => tokens,
    });
    let content = quote!(#(#inner_attrs)* #(#members)*);
    let braces = with_content(&braces, content);
    quote!(#(#attrs)* #head #braces)
}

/// The second `#[dispatch]` would dispatch what the first has made: it is taken away.
fn no_second(attrs: &mut Vec<Attribute>, errors: &mut Errors) -> bool {
    let (seconds, others): (Vec<_>, Vec<_>) = attrs.drain(..).partition(attrs::is_dispatch);
    *attrs = others;
    for second in &seconds {
        errors.at(second, "`#[dispatch]` is given twice: write all options into one");
    }
    !seconds.is_empty()
}

/// A method, as it is under each condition that matters.
fn method(block: &Options, place: Place, function: Function, errors: &mut Errors) -> TokenStream {
    let one = |mut function: Function| {
        let under = conditions::of(&function.attrs);
        let said = errors.under(under.clone(), |errors| take_own(&mut function, errors));
        let options = block.for_method(&said);
        if options.skip.is_some() {
            errors.under(under, |errors| check::check_skipped(&said, errors));
            return quote!(#function);
        }
        checked(&said, &options, place, function, errors)
    };
    conditions::split(function).into_iter().map(one).collect()
}

/// What becomes of a function once the rules have been applied to it.
fn checked(
    said: &Options,
    options: &Options,
    place: Place,
    function: Function,
    errors: &mut Errors,
) -> TokenStream {
    let found = check_one(&Subject { function: &function, said, options, place }, errors);
    one(options, place, function, options.mistaken || found)
}

/// Whether there is a mistake in the function, if there is the function.
fn check_one(subject: &Subject<'_>, errors: &mut Errors) -> bool {
    errors.under(conditions::of(&subject.function.attrs), |errors| {
        let before = errors.len();
        check::check(subject, errors);
        errors.len() > before
    })
}

/// The options that a method of a block says of itself.
fn take_own(function: &mut Function, errors: &mut Errors) -> Options {
    let own = function.attrs.iter().position(attrs::is_dispatch);
    let Some(own) = own.map(|index| function.attrs.remove(index)) else {
        return Options::default();
    };
    let options = match own.meta {
        Meta::Path(_) => Options::default(),
        Meta::List(list) => Options::parse(list.tokens, errors),
        Meta::NameValue(meta) => {
            errors.at(meta, "write the options in parentheses: `#[dispatch(..)]`");
            Options::default().or_mistaken(true)
        }
    };
    options.or_mistaken(no_second(&mut function.attrs, errors))
}

/// A function that has been looked at.
fn one(options: &Options, place: Place, function: Function, mistaken: bool) -> TokenStream {
    let sig = &function.sig;
    let declared_alone = matches!((place, &function.body), (Place::Alone, Body::Declared(_)));
    let no_future = sig.constness.is_some() || sig.abi.is_some() || declared_alone;
    let stays = no_future || attrs::is_boxed_async(sig);
    let waits = function.attrs.iter().any(attrs::is_foreign) && options.deferred.is_none();
    if stays {
        quote!(#function)
    } else if mistaken {
        expand::mistaken(options, place, function)
    } else if waits && is_rewritten(options, place, &function) {
        expand::deferred(options, place, function)
    } else {
        expand::function(options, place, function)
    }
}

/// Whether what comes out is another function than the user's, or one of another colour.
fn is_rewritten(options: &Options, place: Place, function: &Function) -> bool {
    let hops = function.sig.asyncness.is_none() && options.inline.is_none();
    match place {
        Place::Alone | Place::Inherent | Place::Implementation => hops,
        Place::Trait => matches!(function.body, Body::Block(_)),
        // It would come too late for `#[async_trait]`.
        Place::Boxed => false,
    }
}
