use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{ExprClosure, Ident};

use super::parse::{Call, Function, Word};
use super::partial::Partial;
use crate::hygiene::{at, local};

/// A function that is about to be asked for its colour.
pub(crate) struct Question<'a> {
    pub(crate) krate: &'a TokenStream,
    pub(crate) function: &'a Function,
    /// Makes the `Probe` from a reference to the function.
    pub(crate) probe: TokenStream,
    /// Types the arguments of a closure: a plain one, and an async one.
    pub(crate) hints: Option<(TokenStream, TokenStream)>,
}

// Input:  callable!(f)
// Output: match f {
//             f => {
//                 use ::lionpride_concurrency::__private::{ViaCallable as _, .., probe};
//                 (&&&&&&&&probe(&f)).__colour().wrap(f)
//             }
//         }
//
// Input:  callable!(on(D, f))
// Output: match (Chosen::handle(&D), f) { (d, f) => { ..; (&&&&&&&&..).__colour().on(d, f) } }
pub(crate) fn callable(Call { krate, function }: &Call) -> TokenStream {
    question(krate, function).wrap()
}

// Input:  is_async!(f)
// Output: match &f { f => { ..; (&&&&&&&&probe(f)).__colour().is_async(f) } }
pub(crate) fn is_async(Call { krate, function }: &Call) -> TokenStream {
    let question = question(krate, function);
    if let Some(method) = question.method() {
        return question.ask_method(method, false);
    }
    let (f, value) = (question.local("f"), question.value());
    question.ask(&quote!(&#value), &quote!(_), &quote!(#f), &quote!(is_async(#f)), false)
}

fn question<'a>(krate: &'a TokenStream, function: &'a Function) -> Question<'a> {
    let probe = local("probe", function.expr.span()).into_token_stream();
    Question { krate, function, probe, hints: None }
}

impl Question<'_> {
    /// The callable that the answer makes of the function.
    pub(crate) fn wrap(&self) -> TokenStream {
        let (f, d) = (self.local("f"), self.local("d"));
        let place = f.span();
        if let Some(method) = self.method() {
            return self.ask_method(method, true);
        }
        let make = self.make(&quote!(#f));
        self.ask(&self.value(), &quote!(#d), &quote_spanned!(place=> &#f), &make, true)
    }

    /// The word that makes a callable, and what it takes.
    fn make(&self, function: &TokenStream) -> TokenStream {
        let d = self.local("d");
        let place = d.span();
        match &self.function.word {
            None => quote_spanned!(place=> wrap(#function)),
            Some(Word { name, dispatcher: None }) => quote_spanned!(place=> #name(#function)),
            Some(Word { name, dispatcher: Some(_) }) => {
                quote_spanned!(place=> #name(#d, #function))
            }
        }
    }

    /// The part of a method's call.
    fn method(&self) -> Option<&Partial> {
        self.function.partial.as_ref().filter(|partial| partial.is_method())
    }

    /// A `match` and no `let`: the temporaries of the user's expression live as long as they would
    /// without the macro, and the traits are in scope behind it only. Their order is the order in
    /// which the colours are tried.
    fn ask(
        &self,
        function: &TokenStream,
        dispatcher: &TokenStream,
        probed: &TokenStream,
        ask: &TokenStream,
        makes: bool,
    ) -> TokenStream {
        let (f, colour) = (self.local("f"), self.colour(probed));
        let traits = self.traits(makes);
        let (value, name) = self.beside_handle(function, dispatcher, &quote!(#f));
        quote_spanned! {at(self.function.expr.span())=>
            match #value {
                #name => {
                    #traits
                    #colour.#ask
                }
            }
        }
    }

    // Input:  client.fetch(_)
    // Output: match (kept(client),) {
    //             (c0,) => {
    //                 use ..;
    //                 let f = |x0| { .. never() .. };
    //                 let colour = (&&&&&&&&probe(&f)).__colour();
    //                 let f = takes(&f);
    //                 colour.bound().wrap(|end| f.alike(move |x0| { .. }))
    //             }
    //         }
    fn ask_method(&self, partial: &Partial, makes: bool) -> TokenStream {
        let krate = self.krate;
        let [f, d, colour, end] = ["f", "d", "colour", "end"].map(|name| self.local(name));
        let hint = self.hints.as_ref().filter(|_| self.function.is_untyped()).map(|(hint, _)| hint);
        let question = partial.question_of(krate, hint);
        let (asked, traits) = (self.colour(&quote!(&#f)), self.traits(makes));
        let method = partial.method_of(krate, &end, hint);
        let place = at(self.function.expr.span());
        let make = self.make(&quote_spanned!(place=> |#end| #f.alike(#method)));
        let answer = if makes {
            quote_spanned!(place=> let #f = #krate::__private::takes(&#f); #colour.bound().#make)
        } else {
            quote_spanned!(place=> #colour.is_async(&#f))
        };
        let dispatcher = if makes { quote!(#d) } else { quote!(_) };
        let (value, name) =
            self.beside_handle(&partial.values(krate), &dispatcher, &partial.names());
        quote_spanned! {place=>
            match #value {
                #name => {
                    #traits
                    #[allow(unreachable_code)]
                    let #f = #question;
                    let #colour = #asked;
                    #answer
                }
            }
        }
    }

    fn colour(&self, probed: &TokenStream) -> TokenStream {
        let probe = &self.probe;
        quote_spanned!(at(self.function.expr.span())=> (&&&&&&&&#probe(#probed)).__colour())
    }

    /// A value that cannot be sent is a mistake where a callable is made.
    fn traits(&self, makes: bool) -> TokenStream {
        let krate = self.krate;
        let last = if makes { quote!(ViaLocal) } else { quote!(ViaAnything) };
        // A draft has a `probe` of its own.
        let probe = self.hints.is_none().then_some(&self.probe);
        quote_spanned! {at(self.function.expr.span())=>
            use #krate::__private::{
                ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                ViaUnfit as _, ViaValue as _, #last as _, #probe
            };
        }
    }

    /// A value and the pattern that it is taken apart by, beside the dispatcher where there is one.
    fn beside_handle(
        &self,
        value: &TokenStream,
        dispatcher: &TokenStream,
        name: &TokenStream,
    ) -> (TokenStream, TokenStream) {
        match self.handle() {
            Some(handle) => (quote!((#handle, #value)), quote!((#dispatcher, #name))),
            None => (quote!(#value), name.clone()),
        }
    }

    /// The dispatcher that the user names: a handle of its own, so that the function may take along
    /// what it was taken from.
    fn handle(&self) -> Option<TokenStream> {
        let Self { krate, function, .. } = self;
        let dispatcher = function.word.as_ref()?.dispatcher.as_ref()?;
        let place = at(dispatcher.span());
        // What is not a dispatcher is shown as the user's code alone.
        let borrowed = quote_spanned!(dispatcher.span()=> &#dispatcher);
        Some(quote_spanned!(place=> <_ as #krate::__private::Chosen<_>>::handle(#borrowed)))
    }

    /// The user's expression; a closure with its types known.
    fn value(&self) -> TokenStream {
        let expr = &self.function.expr;
        let hints = self.hints.as_ref().filter(|_| self.function.is_untyped());
        if let Some(partial) = &self.function.partial {
            return partial.function_of(self.krate, hints.map(|(hint, _)| hint));
        }
        match (self.function.closure(), hints) {
            (Some(closure), hints) if closure.asyncness.is_some() => {
                let typed = hints.map_or(quote!(#expr), |(_, hint)| quote!(#hint(#expr)));
                self.shared(closure, &typed)
            }
            (_, Some((hint, _))) => quote!(#hint(#expr)),
            (_, None) => quote!(#expr),
        }
    }

    // Input:  async move |x| body
    // Output: match Arc::new(async move |x| body) {
    //             f => move |x| {
    //                 let f = share(&f);
    //                 async move { f(x).await }
    //             }
    //         }
    //
    // An async closure may lend its captures to its future, and the bound that says so cannot say
    // that this future is `Send`. The future of a plain closure that owns a share can.
    fn shared(&self, closure: &ExprClosure, typed: &TokenStream) -> TokenStream {
        let krate = self.krate;
        let f = self.local("f");
        let args: Vec<Ident> =
            (0..closure.inputs.len()).map(|at| self.local(&format!("x{at}"))).collect();
        quote_spanned! {at(closure.span())=>
            match #krate::__private::Arc::new(#typed) {
                #f => move |#(#args),*| {
                    let #f = #krate::__private::share(&#f);
                    async move { #f(#(#args),*).await }
                }
            }
        }
    }

    fn local(&self, name: &str) -> Ident {
        local(name, self.function.expr.span())
    }
}
