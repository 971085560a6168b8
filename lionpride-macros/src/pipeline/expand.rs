use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Index;
use syn::spanned::Spanned;

use super::parse::{Pipeline, Stage};
use crate::callable::Question;
use crate::hygiene::{at, local};

// Input:  pipeline!(parse?, store)
// Output: {
//             let draft = ::lionpride_concurrency::__private::fallible(
//                 &["parse?", "store"],
//                 "parse? + store",
//             );
//             let s0 = match parse { .. };                        // as in `callable!`
//             let o = { use ..; (&&draft.question(&s0)).__outcome() };
//             let at = draft.site();
//             let draft = draft.stage(&s0, o);
//             let s0 = (s0, o, at);
//             let s1 = match store { .. };
//             let o = draft.plain(&s1);
//             let at = draft.site();
//             let draft = draft.stage(&s1, o);
//             let s1 = (s1, o, at);
//             let stages = Arc::new((s0, s1, draft.site()));
//             draft.finish(move |x| {
//                 let stages = share(&stages);
//                 async move {
//                     let x = step(&stages.0, x).await?;
//                     let x = step(&stages.1, x).await?;
//                     settle(x, &stages.2).await
//                 }
//             })
//         }
//
// One flat async block: a future nested a level a stage would overflow the compiler's layout depth.
pub(crate) fn expand(pipeline: &Pipeline) -> TokenStream {
    let Pipeline { krate, stages } = pipeline;
    let names = Names::new();
    let Names { draft, kept, x, .. } = &names;
    let fallible = stages.iter().any(|stage| stage.question.is_some());
    let start = if fallible { quote!(fallible) } else { quote!(infallible) };
    let locals: Vec<Ident> = stages
        .iter()
        .enumerate()
        .map(|(at, stage)| local(&format!("s{at}"), stage.function.expr.span()))
        .collect();
    let declared = stages.iter().zip(&locals).map(|(stage, s)| declare(krate, &names, stage, s));
    let steps = stages.iter().enumerate().map(|(at, stage)| {
        let next = step(krate, &names, stage, at);
        if fallible { quote!(#next?) } else { quote!(#krate::__private::always(#next)) }
    });
    let end = index(stages.len());
    let last = quote!(#krate::__private::settle(#x, &#kept.#end).await);
    let last = if fallible { last } else { quote!(#krate::__private::always(#last)) };
    let texts: Vec<&str> = stages.iter().map(|stage| &*stage.text).collect();
    let joined = texts.join(" + ");
    quote_spanned! {span()=>
        {
            let #draft = #krate::__private::#start(&[#(#texts),*], #joined);
            #(#declared)*
            let #kept = #krate::__private::Arc::new((#(#locals,)* #draft.site()));
            #draft.finish(move |#x| {
                let #kept = #krate::__private::share(&#kept);
                async move {
                    #(let #x = #steps;)*
                    #last
                }
            })
        }
    }
}

/// The names of the generated code.
struct Names {
    draft: Ident,
    kept: Ident,
    o: Ident,
    at: Ident,
    x: Ident,
}

impl Names {
    fn new() -> Self {
        let [draft, kept, o, at, x] =
            ["draft", "stages", "o", "at", "x"].map(|name| local(name, span()));
        Self { draft, kept, o, at, x }
    }
}

fn span() -> Span {
    Span::mixed_site()
}

/// Asks for the colour of a stage and adds it to the draft, which types the next one.
fn declare(krate: &TokenStream, names: &Names, stage: &Stage, s: &Ident) -> TokenStream {
    let Names { draft, o, at: site, .. } = names;
    let function = &stage.function;
    let place = at(function.expr.span());
    let wrapped = Question {
        krate,
        function,
        probe: quote_spanned!(place=> #draft.probe),
        hints: Some((
            quote_spanned!(place=> #draft.hint),
            quote_spanned!(place=> #draft.hint_async),
        )),
    }
    .wrap();
    let outcome = if stage.question.is_some() {
        quote_spanned! {place=> {
            use #krate::__private::{ViaNoResult as _, ViaResult as _};
            (&&#draft.question(&#s)).__outcome()
        }}
    } else {
        quote_spanned!(place=> #draft.plain(&#s))
    };
    quote_spanned! {place=>
        let #s = #wrapped;
        let #o = #outcome;
        let #site = #draft.site();
        let #draft = #draft.stage(&#s, #o);
        let #s = (#s, #o, #site);
    }
}

fn step(krate: &TokenStream, names: &Names, stage: &Stage, at_index: usize) -> TokenStream {
    let Names { kept, x, .. } = names;
    let index = index(at_index);
    quote_spanned! {at(stage.function.expr.span())=>
        #krate::__private::step(&#kept.#index, #x).await
    }
}

fn index(at: usize) -> Index {
    Index { index: u32::try_from(at).unwrap_or(u32::MAX), span: span() }
}
