//! What becomes of a function. Each form begins with what goes in and what comes out.

mod arguments;
mod this;

use proc_macro2::{Group, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{FnArg, LitStr, ReturnType, Signature, Token, Type, parse_quote_spanned};

use self::this::This;
pub(super) use self::this::unclear;
use super::args::{On, Options};
use super::attrs;
use super::model::{Body, Function, Place, split_inner_attrs, with_content};
use super::types::{Hidden, Lease};
use crate::hygiene::at;

/// A function that has passed every rule.
pub(super) fn function(options: &Options, place: Place, function: Function) -> TokenStream {
    let in_place_anyway = function.sig.asyncness.is_some() || options.inline.is_some();
    match &function.body {
        Body::Block(body) if !in_place_anyway => {
            let body = body.clone();
            let krate = options.krate(function.sig.ident.span());
            Hop { krate, options, place }.expand(function, body)
        }
        _ => in_place(options, place, function),
    }
}

/// A function that is awaited where it is: one that is async or `inline`.
fn in_place(options: &Options, place: Place, function: Function) -> TokenStream {
    match (place, &function.body) {
        (Place::Trait, Body::Declared(_)) => declared(function),
        (Place::Trait, Body::Block(body)) => {
            let body = body.clone();
            in_trait(options, function, body, |_, work| work)
        }
        _ if function.sig.asyncness.is_some() => quote!(#function),
        _ => awaitable(place, function),
    }
}

/// A function with a mistake: what it is matters to its callers alone, and nothing is asked of the
/// body.
// Input:  fn f(&self, a: A) -> R { body }
// Output: fn f(&self, a: A) -> impl Future<Output = R> + Send { mistaken(async move { body }) }
pub(super) fn mistaken(options: &Options, place: Place, function: Function) -> TokenStream {
    let promised = match place {
        Place::Trait => true,
        Place::Implementation => function.sig.asyncness.is_none(),
        _ => false,
    };
    match &function.body {
        Body::Block(body) if promised => {
            let body = body.clone();
            in_trait(
                options,
                function,
                body,
                |krate, work| quote!(#krate::__private::mistaken(#work)),
            )
        }
        _ => in_place(options, place, function),
    }
}

/// The same function under the other attributes first, which wait for it as the user wrote it.
// Input:  #[dispatch(owned)] #[instrument] fn f(..) { .. }
// Output: #[instrument] #[dispatch(owned, __deferred)] fn f(..) { .. }
pub(super) fn deferred(options: &Options, place: Place, function: Function) -> TokenStream {
    let Function { attrs, vis, sig, body } = function;
    let krate = options.krate(sig.ident.span());
    let args = options.deferred(place);
    let shown = at(sig.ident.span());
    quote_spanned!(shown=> #(#attrs)* #[#krate::dispatch(#args)] #vis #sig #body)
}

// Input:  #[dispatch(inline)] fn f(a: A) -> R { body }
// Output: async fn f(a: A) -> R { body }
fn awaitable(place: Place, mut function: Function) -> TokenStream {
    function.attrs.retain(|attr| !attrs::is_bare_must_use(attr));
    make_async(place, &mut function);
    if !place.is_of_trait() {
        let place = at(function.sig.ident.span());
        function.attrs.push(parse_quote_spanned!(place=> #[allow(clippy::unused_async)]));
    }
    quote!(#function)
}

/// Writes `async` as the user would have: a function that begins with a macro's token is a macro's,
/// and no lint says that it is never used. In a trait that is of no account, and other lints are.
fn make_async(place: Place, function: &mut Function) {
    let written = function.sig.fn_token.span;
    let span = if place.is_of_trait() { at(written) } else { written };
    function.sig.asyncness = Some(Token![async](span));
}

// Input:  fn f(&self, a: A) -> R;
// Output: fn f(&self, a: A) -> impl Future<Output = R> + Send;
fn declared(mut function: Function) -> TokenStream {
    promise(&mut function);
    quote!(#function)
}

// Input:  async fn f(&self, (a, b): (A, B)) -> R { body }
// Output: fn f(&self, __arg1: (A, B)) -> impl Future<Output = R> + Send {
//             async move {
//                 if false { return promised::<R>(); }
//                 let _ = &self;
//                 let (a, b) = __arg1;
//                 match () { () => { body } }
//             }
//         }
fn in_trait(
    options: &Options,
    mut function: Function,
    body: Group,
    wrap: impl FnOnce(&TokenStream, TokenStream) -> TokenStream,
) -> TokenStream {
    let place = at(function.sig.ident.span());
    let krate = options.krate(function.sig.ident.span());
    let (inner, body) = split_inner_attrs(body);
    function.attrs.extend(inner);
    let bindings = arguments::bind_in_place(&mut function.sig);
    let promised = promised(&krate, &function.sig.output, place);
    promise(&mut function);
    let work = quote_spanned! {place=>
        async move { #promised #(#bindings)* match () { () => #body } }
    };
    let work = wrap(&krate, work);
    function.body = Body::Block(with_content(&body, work));
    quote!(#function)
}

/// Tells the compiler the type of an `async` block, so that a wrong one is an error of the body's.
fn promised(krate: &TokenStream, declared: &ReturnType, place: Span) -> Option<TokenStream> {
    let (written, Hidden { has_impl, .. }) = output(declared, place);
    let can_be_named = !has_impl && !matches!(written, Type::Never(_));
    let ty = quote_spanned!(at(written.span())=> #written);
    can_be_named
        .then(|| quote_spanned!(place=> if false { return #krate::__private::promised::<#ty>(); }))
}

/// Declares what every implementation gives, in either colour.
fn promise(function: &mut Function) {
    let place = at(function.sig.ident.span());
    let (output, ..) = output(&function.sig.output, place);
    let shown = at(output.span());
    function.attrs.retain(|attr| !attrs::is_bare_must_use(attr));
    function.sig.asyncness = None;
    function.sig.output = returns(
        shown,
        quote_spanned! {shown=>
            impl ::core::future::Future<Output = #output> + ::core::marker::Send
        },
    );
}

/// A type that nobody looks into any more.
fn returns(shown: Span, ty: TokenStream) -> ReturnType {
    ReturnType::Type(Token![->](shown), Box::new(Type::Verbatim(ty)))
}

/// The hop, and all that decides how it is made.
struct Hop<'a> {
    krate: TokenStream,
    options: &'a Options,
    place: Place,
}

impl Hop<'_> {
    // Input:  #[dispatch] fn f(a: A, (b, _): B) -> R { body }
    // Output: fn f(a: A, __arg1: B) -> RunSync<impl Job<Output = R>> {
    //             let _ = <A as Cross>::may_cross;
    //             let _ = <B as Cross>::may_cross;
    //             hop("f", move || -> R {
    //                 let a = a;
    //                 let __arg1 = __arg1;
    //                 let (b, _) = __arg1;
    //                 match () { () => { body } }
    //             })
    //         }
    //
    // The arguments are moved into the work as a whole, so that each lives until the body ends. The
    // `match` ends the temporaries of the body's last expression before the arguments, as a function
    // does; in the editions before 2024 a block does not.
    fn expand(self, mut function: Function, body: Group) -> TokenStream {
        let (inner, body) = split_inner_attrs(body);
        let Some((this, body)) = lent_self(&function, body) else {
            // A body that is still being typed: what it will be matters to its callers alone.
            return mistaken(self.options, self.place, function);
        };
        function.attrs.extend(inner);
        let Self { krate, .. } = &self;
        let place = at(function.sig.ident.span());
        let arguments::Bindings { leave, arrive } =
            arguments::bind(krate, &mut function.sig, this.as_ref());
        let (_, Hidden { ty: hidden, has_impl }) = output(&function.sig.output, place);
        let name = name_of(&function.sig, place);
        let work = quote_spanned! {place=>
            #krate::__private::hop(#name, move || -> #hidden {
                #(#arrive)*
                match () { () => #body }
            })
        };
        let mut call = self.with_options(work, place);
        self.declare(&mut function, has_impl);
        if function.sig.asyncness.is_some() {
            call = quote_spanned!(place=> #call.await);
        }
        let all = quote_spanned!(place=> #(#leave)* #call);
        function.body = Body::Block(with_content(&body, all));
        quote!(#function)
    }

    /// What `on`, `shield` and `locals` add to the call.
    fn with_options(&self, mut call: TokenStream, place: Span) -> TokenStream {
        let Self { krate, options, .. } = self;
        if let Some(On { path, .. }) = &options.on {
            let dispatcher = quote_spanned! {at(path.span())=>
                <_ as #krate::__private::Chosen<_>>::standing(&#path)
            };
            call = quote_spanned!(place=> #krate::RunSync::on(#call, #dispatcher));
        }
        if let Some(word) = &options.shield {
            let shielded = quote_spanned!(at(word.span())=> shielded);
            call = quote_spanned!(place=> #krate::RunSync::#shielded(#call));
        }
        for key in options.locals.iter().flat_map(|locals| &locals.keys) {
            let carried = quote_spanned! {at(key.span())=>
                <_ as #krate::__private::Carried<_>>::key(&#key)
            };
            call = quote_spanned!(place=> #krate::RunSync::with_local(#call, #carried));
        }
        call
    }

    /// What the function returns.
    fn declare(&self, function: &mut Function, has_impl: bool) {
        let Self { options, .. } = self;
        let place = at(function.sig.ident.span());
        function.attrs.retain(|attr| !attrs::is_bare_must_use(attr));
        match self.place {
            Place::Trait => return promise(function),
            Place::Implementation => {
                promise(function);
                // Where the trait was written by hand it may promise less.
                let allow = parse_quote_spanned!(place=> #[allow(refining_impl_trait)]);
                return function.attrs.push(allow);
            }
            Place::Alone | Place::Inherent if !has_impl => {}
            _ => return make_async(self.place, function),
        }
        let end = end_of(&function.sig);
        let (output, ..) = output(&function.sig.output, place);
        let generic = function.sig.generics.type_params().next().is_some();
        let shown = if generic { place } else { at(output.span()) };
        let krate = &options.krate(shown);
        let job = quote_spanned!(shown=> impl #krate::Job<Output = #output>);
        let plain = options.on.is_none() && options.shield.is_none() && options.locals.is_none();
        let route = (!plain).then(|| quote_spanned!(place=> , impl #krate::Route));
        let close = Token![>](end);
        let call = quote_spanned!(shown=> #krate::RunSync<#job #route #close);
        function.sig.output = returns(shown, call);
    }
}

/// What the function is called, for spans and statistics.
fn name_of(sig: &Signature, place: Span) -> LitStr {
    LitStr::new(&sig.ident.unraw().to_string(), place)
}

/// Where the user's signature ends: one that ends with a macro's token is shown as the attribute.
fn end_of(sig: &Signature) -> Span {
    let last = sig.output.to_token_stream().into_iter().last();
    last.map_or_else(|| sig.paren_token.span.close(), |token| token.span())
}

/// The body, with another name for `self` where the hop lends it: nothing if it does not parse.
fn lent_self(function: &Function, body: Group) -> Option<(Option<This>, Group)> {
    match function.sig.inputs.first() {
        Some(FnArg::Receiver(receiver)) if Lease::of(receiver) == Lease::Shared => {
            let (this, body) = This::instead_of_self(&body).ok()?;
            Some((Some(this), body))
        }
        _ => Some((None, body)),
    }
}

/// The type of the work's result: as the user wrote it, and as a closure can name it.
fn output(output: &ReturnType, place: Span) -> (Type, Hidden) {
    let written = match output {
        ReturnType::Default => Type::Verbatim(quote_spanned!(place=> ())),
        ReturnType::Type(_, ty) => (**ty).clone(),
    };
    let hidden = Hidden::of(&written);
    (written, hidden)
}
